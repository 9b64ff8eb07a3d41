public import Contracts
import Kernel
import SwiftProtobuf

/// What Metrics tells about a history: the same for the same facts, however and in whatever order it heard of them.
///
/// What the running of timers did is left out: they fire by the clock of whoever runs them.
public struct MetricsStory: Equatable, Sendable {
    public var funnel: WireGetFunnelResponse
    public var pipeline: WireGetPipelineResponse
    public var attribution: WireGetAttributionResponse
    /// Lines a lead, in the order of time.
    public var journeys: [String: [String]] = [:]

    /// - Parameters:
    ///   - splitBy: a dimension of the funnel; the pipeline is split by source.
    ///   - leads: those whose journeys are told.
    public static func told(
        by metrics: WireMetricsServiceClient, splitBy: String, leads: [String]
    ) async throws -> MetricsStory {
        var story = MetricsStory(
            funnel: try await metrics.getFunnel(.with { $0.splitBy = splitBy }),
            pipeline: try await metrics.getPipeline(.with { $0.splitBy = "source" }),
            attribution: try await metrics.getAttribution(.init()))
        for lead in leads {
            let journey = try await metrics.getJourney(.with { $0.leadID = lead })
            // What time alone does depends on the clock, which stands still where a history has been replayed.
            let steps = journey.steps.filter { $0.kind != "timer" && !$0.title.hasPrefix("Cooled") }
            story.journeys[lead] = steps.map { step in
                "\(Instant(step.at).text) \(step.kind) v\(step.agreementVersion): \(step.title) (\(step.owner))"
            }
        }
        return story
    }

    /// The first differences from another, for people.
    public func differences(from other: MetricsStory) -> [String] {
        var found: [String] = []
        if funnel != other.funnel { found.append("funnel: \(funnel) and not \(other.funnel)") }
        if pipeline != other.pipeline { found.append("pipeline: \(pipeline) and not \(other.pipeline)") }
        if attribution != other.attribution { found.append("attribution: \(attribution) and not \(other.attribution)") }
        for (lead, steps) in journeys.sorted(by: { $0.key < $1.key }) where steps != other.journeys[lead] {
            let rest = Set(other.journeys[lead] ?? [])
            let missing = rest.subtracting(steps).sorted()
            let added = steps.filter { !rest.contains($0) }
            found.append("journey of \(lead): has \(added) and not \(missing)")
        }
        return found
    }
}
