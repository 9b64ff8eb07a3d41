import Foundation
import Kernel
import Platform
import Testing

@Suite struct SettingsTests {
    static let host = Setting("host", .text, default: "127.0.0.1", "Address to listen on")
    static let port = Setting("port", .integer(0...65_535), default: 7_101, "Port to listen on")
    static let token = Setting("token", .optionalText, default: nil, isSecret: true, "Token that callers bring")
    static let drain = Setting("drain-timeout", .span, default: TimeSpan(seconds: 10), "Time to finish what runs")
    static let limit = Setting("max-message", .byteCount, default: 16 << 20, "Largest message")
    static let owned = Setting("partitions", .partitions, default: .all, "Partitions that this replica owns")
    static let verbose = Setting("verbose", .flag, default: false, "Say more")
    static let all = [
        host.declaration, port.declaration, token.declaration, drain.declaration, limit.declaration,
        owned.declaration, verbose.declaration,
    ]

    private func settings(
        _ arguments: [String] = [], environment: [String: String] = [:]
    ) throws(SettingsFaults) -> Settings {
        try Settings(Self.all, arguments: arguments, environment: environment)
    }

    private func faults(_ arguments: [String] = [], environment: [String: String] = [:]) -> [String] {
        do {
            _ = try settings(arguments, environment: environment)
            return []
        } catch {
            return error.faults
        }
    }

    private func withFile<Value>(_ text: String, _ body: (String) throws -> Value) throws -> Value {
        let url = FileManager.default.temporaryDirectory.appending(path: "settings-\(UUID().uuidString).yaml")
        try Data(text.utf8).write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        return try body(url.path)
    }

    @Test func theDefaultsHoldWhereNothingIsGiven() throws {
        let settings = try settings()
        #expect(settings[Self.port] == 7_101)
        #expect(settings[Self.token] == nil)
        #expect(settings[Self.drain] == TimeSpan(seconds: 10))
        #expect(settings.source(of: "port") == .fallback)
    }

    @Test func argumentsWinOverTheEnvironmentAndThatOverTheFile() throws {
        try withFile("port: 1\nhost: file\ndrain-timeout: 1m\n") { path in
            let settings = try settings(
                ["--port", "3", "--config", path], environment: ["ACCORD_PORT": "2", "ACCORD_HOST": "environment"])
            #expect(settings[Self.port] == 3)
            #expect(settings[Self.host] == "environment")
            #expect(settings[Self.drain] == .minutes(1))
            #expect(settings.source(of: "port") == .argument("--port"))
            #expect(settings.source(of: "host") == .environment("ACCORD_HOST"))
            #expect(settings.source(of: "drain-timeout") == .file(path))
        }
    }

    @Test func aFileMayBeJSONOrEmptyAndBeNamedByTheEnvironment() throws {
        try withFile(#"{"port": 5, "host": "json", "verbose": true}"#) { path in
            let settings = try settings(environment: ["ACCORD_CONFIG": path])
            #expect(settings[Self.port] == 5)
            #expect(settings[Self.host] == "json")
            #expect(settings[Self.verbose])
        }
        try withFile("# nothing yet\n") { path in
            let settings = try settings(["--config", path])
            #expect(settings[Self.port] == 7_101)
        }
    }

    @Test func unknownKeysOfEverySourceAreFaultsAllAtOnce() throws {
        try withFile("port: 1\nprot: 2\n") { path in
            let found = faults(
                ["--hots", "x", "--config=\(path)", "stray"],
                environment: ["ACCORD_TOKN": "x", "ACCORDION": "not ours", "PATH": "/bin"])
            #expect(
                found == [
                    "--hots: unknown argument; did you mean --host?",
                    "stray: unexpected; every argument is --KEY VALUE or --KEY=VALUE",
                    "ACCORD_TOKN: unknown variable; did you mean ACCORD_TOKEN?",
                    "\(path):2: unknown key `prot`; did you mean port?",
                ])
        }
    }

    @Test func aMalformedValueNamesItsKeyAndWhatWasExpected() throws {
        #expect(faults(["--port", "70000"]) == ["--port: found `70000`, expected a whole number from 0 to 65535"])
        #expect(
            faults(environment: ["ACCORD_DRAIN_TIMEOUT": "soon"])
                == ["ACCORD_DRAIN_TIMEOUT: found `soon`, expected a time such as 90s, 30m, 4h or 7d"])
        #expect(faults(["--port"]) == ["--port: found no value, expected a whole number from 0 to 65535"])
        #expect(faults(["--token", "--port", "1"]) == ["--token: found no value, expected text"])
        #expect(faults(["--port=1", "--port=2"]).first == "--port: given twice")
        try withFile("port: many\n") { path in
            #expect(
                faults(["--config", path])
                    == ["\(path): port: found `many`, expected a whole number from 0 to 65535"])
        }
    }

    @Test func aFileThatIsMissingOrNoMappingIsAFault() throws {
        #expect(faults(["--config", "/nowhere/a.yaml"]) == ["--config: the file /nowhere/a.yaml cannot be read"])
        try withFile("- a\n- b\n") { path in
            #expect(faults(["--config", path]).first?.contains("not a YAML or JSON file of settings") == true)
        }
    }

    @Test func aSecretIsNeitherPrintedNorToldInAFault() throws {
        let settings = try settings(["--port", "9"], environment: ["ACCORD_TOKEN": "hunter2"])
        #expect(!settings.printed.contains("hunter2"))
        #expect(settings.printed.contains("token: <hidden>  # environment ACCORD_TOKEN\n"))
        #expect(settings.printed.contains("port: 9  # argument --port\n"))
        #expect(settings.printed.contains("drain-timeout: 10s  # default\n"))
        let secret = Setting("pin", .integer(0...9), default: 0, isSecret: true, "A secret number")
        do {
            _ = try Settings([secret.declaration], arguments: ["--pin", "1234"])
            Issue.record("a malformed secret was taken")
        } catch {
            #expect(error.faults == ["--pin: found a value, expected a whole number from 0 to 9"])
        }
    }

    @Test func whatIsPrintedReadsBackTheSame() throws {
        let settings = try settings(["--host", "a b", "--partitions", "0-3,9", "--max-message", "64KiB"])
        try withFile(settings.printed) { path in
            let again = try self.settings(["--config", path])
            #expect(again[Self.host] == "a b")
            #expect(again[Self.owned].numbers == [0, 1, 2, 3, 9])
            #expect(again[Self.limit] == 65_536)
        }
    }

    @Test func helpListsEverySettingWithItsVariableAndDefault() {
        let help = SettingDeclaration.help(Self.all)
        #expect(help.contains("--drain-timeout  (ACCORD_DRAIN_TIMEOUT)\n      Time to finish what runs. Default: 10s."))
        for declaration in Self.all { #expect(help.contains(declaration.argument)) }
    }

    @Test(arguments: [("all", "all"), ("0", "0"), ("3,1-2,63", "1-3,63"), ("0-63", "all")])
    func partitionsReadAndWriteTheSame(text: String, written: String) {
        #expect(PartitionSet(text: text)?.text == written)
    }

    @Test(arguments: ["", "64", "-1", "3-1", "1,,2", "a", "1-2-3"])
    func partitionsThatDoNotExistAreRefused(text: String) {
        #expect(PartitionSet(text: text) == nil)
    }

    @Test func sizesReadWithTheirUnits() {
        let kind = SettingKind<Int>.byteCount
        #expect(kind.parse("16MiB") == 16_777_216)
        #expect(kind.parse("1000") == 1_000)
        #expect(kind.text(65_536) == "64KiB")
        for wrong in ["", "0", "-1", "1MB", "MiB", "99999999999GiB"] { #expect(kind.parse(wrong) == nil) }
    }
}
