import Hosting
import Kernel
import Platform
import RPC
import Storage
import Testing

@Suite struct ServiceConfigurationTests {
    private func configuration(
        _ arguments: [String] = [], environment: [String: String] = [:]
    ) throws(SettingsFaults) -> ServiceConfiguration {
        try ServiceConfiguration(.scoring, arguments: arguments, environment: environment)
    }

    @Test func eachServiceHasAPortOfItsOwnOnLoopback() throws {
        let ports = try ServiceName.allCases.map { name in
            let configuration = try ServiceConfiguration(name, arguments: [], environment: [:])
            #expect(Loopback.contains(configuration.host))
            return configuration.port
        }
        #expect(ports == [7_101, 7_102, 7_103, 7_104, 7_105])
    }

    @Test func limitsAndRetentionReachThoseWhoKeepThem() throws {
        let configuration = try self.configuration(
            ["--call-timeout", "3s", "--outbox-retention=1d", "--relay-batch-events", "7", "--refuse-unknown-fields"],
            environment: [
                "ACCORD_STORE_MAX_PAGES": "500", "ACCORD_MAX_MESSAGE_BYTES": "1MiB", "ACCORD_DRAIN_TIMEOUT": "8s",
            ])
        #expect(configuration.limits.defaultTimeout == .seconds(3))
        #expect(configuration.limits.maxMessageBytes == 1 << 20)
        #expect(configuration.node.retention.outbox == .days(1))
        #expect(configuration.node.relay.maxEvents == 7)
        #expect(configuration.node.flushLimit == .seconds(4))
        #expect(configuration.node.store.maxPageCount == 500)
        #expect(configuration.limits.refusesUnknownFields)
        let defaults = try self.configuration()
        #expect(defaults.node.store.maxPageCount == nil && !defaults.limits.refusesUnknownFields)
    }

    @Test func `ids of events are kept longer than the events`() throws {
        #expect(throws: SettingsFaults.self) { try self.configuration(["--outbox-retention", "14d"]) }
        let faults = #expect(throws: SettingsFaults.self) { try self.configuration(["--inbox-retention", "3d"]) }
        #expect(faults?.faults == ["inbox-retention: found `3d`, expected more than outbox-retention, which is 7d"])
        _ = try self.configuration(["--inbox-retention", "15d", "--outbox-retention", "14d"])
    }

    @Test func peersAreFoundWhereTheyAreSaidToBe() throws {
        let configuration = try self.configuration(environment: ["ACCORD_ICP_URL": "http://icp:7101"])
        #expect(configuration.peerURLs[.icp] == "http://icp:7101")
        #expect(configuration.peerURLs[.metrics] == "http://127.0.0.1:7105")
        #expect(throws: SettingsFaults.self) { try self.configuration(["--icp-url", "icp:7101"]) }
    }

    @Test(arguments: ["127.0.0.1", "127.8.9.1", "::1", "localhost"])
    func loopbackIsWhatOnlyThisMachineReaches(host: String) {
        #expect(Loopback.contains(host))
    }

    @Test(arguments: ["0.0.0.0", "::", "10.0.0.1", "127.0.0.1.example.com", "127.1", "localhost.example.com", ""])
    func everyOtherAddressIsReachedFromElsewhere(host: String) {
        #expect(!Loopback.contains(host))
    }
}
