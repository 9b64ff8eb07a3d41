import ArgumentParser
import ICPDomain

extension AgreementCommand {
    struct Schema: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the JSON Schema of the file, with which editors complete and check it.",
            discussion: """
                Editors with the YAML language server read it from a line at the top of the file: \
                # yaml-language-server: $schema=agreement.schema.json

                Example: accord agreement schema
                """)

        @Flag(help: "Print every field with what it may be and its default, as Markdown.")
        var reference = false

        func run() {
            Terminal.say(reference ? Agreement.reference : Agreement.schema)
        }
    }
}
