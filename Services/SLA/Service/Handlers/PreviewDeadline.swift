import Contracts
import Kernel
import RPC
import SLADomain
import SwiftProtobuf

extension SLAHandlers {
    /// Deadlines in the order of the questions; one bad question refuses the batch, with the faults of all.
    func previewDeadline(
        _ request: WirePreviewDeadlineRequest, _ context: RPCContext
    ) async throws -> WirePreviewDeadlineResponse {
        var reader = try await questionReader(
            count: request.questions.count,
            needAgreement: request.questions.contains { !$0.calendarID.isEmpty }, context)
        var deadlines: [Google_Protobuf_Timestamp] = []
        deadlines.reserveCapacity(request.questions.count)
        for (index, question) in request.questions.enumerated() where !reader.isFull {
            if let deadline = reader.deadline(question, "questions[\(index)]") { deadlines.append(deadline.wire) }
        }
        guard reader.violations.isEmpty else { throw RPCError.invalid(reader.violations) }
        return .with { $0.deadlines = deadlines }
    }
}

extension QuestionReader {
    fileprivate mutating func deadline(_ question: WireDeadlineQuestion, _ path: String) -> Instant? {
        let calendar = calendar(
            id: question.calendarID, given: question.hasCalendar ? question.calendar : nil, path)
        if !question.hasStart { fault("\(path).start", "", "a moment") }
        let span = TimeSpan(text: question.duration)
        if span == nil { fault("\(path).duration", question.duration, "a duration such as 4h, 30m or 2d") }
        guard let calendar, let span, question.hasStart else { return nil }
        do {
            return try calendar.deadline(from: Instant(question.start), span)
        } catch {
            switch error {
            case .outOfRange: fault("\(path).start", Instant(question.start).text, "\(error)")
            case .beyondHorizon, .negativeDuration: fault("\(path).duration", question.duration, "\(error)")
            }
            return nil
        }
    }
}
