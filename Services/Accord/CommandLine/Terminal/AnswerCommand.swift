import AccordSuite
import ArgumentParser
import Foundation
import SwiftProtobuf

/// A command that asks the services something and prints what they answered: `ask` and `text` are all that it writes.
///
/// Its arguments check themselves (`transform:` with ``Arguments``, or `validate()`), so that wrong usage is told
/// before any service is asked.
protocol AnswerCommand: AsyncParsableCommand {
    associatedtype Answer

    /// `@OptionGroup var options: AnswerOptions`.
    var options: AnswerOptions { get }

    func ask(_ services: SuiteClients) async throws -> Answer
    /// The answer as people read it.
    func text(_ answer: Answer) -> String
    /// The answer as programs read it: the wire's JSON of a message, Foundation's of anything else.
    func json(_ answer: Answer) throws -> String
    /// Ends the command with another exit code than 0 where the answer, which has been printed, is bad news.
    ///
    /// - Throws: an ``ExitReason``.
    func judge(_ answer: Answer) throws
}

/// Where to ask, and how to print.
struct AnswerOptions: ParsableArguments {
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions
}

extension AnswerCommand {
    func run() async throws {
        let answer = try await options.connection.connected { try await ask($0) }
        Terminal.say(options.output.json ? try json(answer) : text(answer))
        try judge(answer)
    }

    func judge(_ answer: Answer) throws {}
}

extension AnswerCommand where Answer: Message {
    func json(_ answer: Answer) throws -> String { try answer.jsonString() }
}

extension AnswerCommand where Answer: Encodable {
    func json(_ answer: Answer) throws -> String { try JSONText.of(answer) }
}

/// What is no message of its own, as JSON.
enum JSONText {
    static func of(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// Several messages as the fields of one object.
    static func of(_ messages: KeyValuePairs<String, any Message>) throws -> String {
        let fields = try messages.map { "\"\($0.key)\":\(try $0.value.jsonString())" }
        return "{\(fields.joined(separator: ","))}"
    }
}
