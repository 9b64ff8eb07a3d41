import Hosting
import MetricsDomain
import Mustache

/// The page at `/`: what a VP of Sales and a VP of Marketing look at side by side.
struct FrontPage: Sendable {
    private let template: MustacheTemplate
    private let reports: Reports

    init(_ reports: Reports) throws {
        template = try MustacheTemplate(string: String(decoding: PackageResources.page_mustache, as: UTF8.self))
        self.reports = reports
    }

    var page: Page {
        Page(path: "/") { try await render($0) }
    }

    private func render(_ query: [String: String]) async throws -> String {
        let model = try await reports.read(nil) { database, terms in
            let question = PageQuestion(query, zone: terms.zone)
            return PageModel(question, try PageFacts(question, database, terms: terms))
        }
        return template.render(model)
    }
}
