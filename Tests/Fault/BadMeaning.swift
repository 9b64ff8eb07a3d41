import Contracts
import Foundation
import Hosting
import Kernel
import NIOCore
import RPC
import SwiftProtobuf

/// Requests that can be read and mean nothing, or mean harm.
enum BadMeaning {
    static func of(_ service: ServiceName) throws -> [BadRequest] {
        switch service {
        case .icp: icp + pages("/accord.icp.v1.IcpService/ListAgreements")
        case .scoring: try scoring + pages("/accord.scoring.v1.ScoringService/ListLeads")
        case .routing:
            routing + pages("/accord.routing.v1.RoutingService/ListReps")
                + pages("/accord.routing.v1.RoutingService/ListPools")
                + pages("/accord.routing.v1.RoutingService/ListHandoffs")
        case .sla: sla + pages("/accord.sla.v1.SlaService/ListTimers")
        case .metrics: metrics
        }
    }

    private static let long = String(repeating: "x", count: 1 << 20)

    private static func pages(_ path: String) -> [BadRequest] {
        ["-1", "1001", "2147483647", "-2147483648", "2147483648", "1.5", "\"many\""].map { size in
            BadRequest("a page of \(size)", path, "{\"page\":{\"pageSize\":\(size)}}")
        }
            + ["AAAA", "' OR 1=1 --", "AAAAAAAAAAAAbGVhZC0x", "\\u0000", long].map { token in
                BadRequest("the token \(token.prefix(20))", path, "{\"page\":{\"pageToken\":\"\(token)\"}}")
            }
    }

    private static var icp: [BadRequest] {
        let service = "/accord.icp.v1.IcpService/"
        let documents = [
            ("no agreement", "nonsense"), ("broken YAML", "name: ["), ("control characters", "\\u0000\\u0001"),
            ("YAML nested without end", String(repeating: "[", count: 20_000)),
            ("YAML nested deeply", String(repeating: "[", count: 900) + String(repeating: "]", count: 900)),
            ("YAML that multiplies itself", laughs),
            ("criteria nested without end", deepCriteria(20_000)),
            ("infinite points", FleetAgreement.text.replacing("points: 80", with: "points: .inf")),
            ("points that are no number", FleetAgreement.text.replacing("points: 80", with: "points: .nan")),
            ("a threshold beyond numbers", FleetAgreement.text.replacing("threshold: 45", with: "threshold: 1e999")),
            ("a zone that is a path", FleetAgreement.text.replacing("zone: UTC", with: "zone: ../../../etc/passwd")),
            (
                "a duration beyond time",
                FleetAgreement.text.replacing("duration: 8h", with: "duration: 99999999999999w")
            ),
        ].map { name, text in
            let quoted = text.replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
            return BadRequest(
                name, service + "ProposeAgreement", "{\"proposedBy\":\"a@b.example\",\"document\":\"\(quoted)\"}")
        }
        let nested = String(repeating: "{\"all\":[", count: 45) + "{}" + String(repeating: "]}", count: 45)
        return documents + [
            BadRequest(
                "criteria nested too deeply", service + "ProposeAgreement",
                "{\"agreement\":{\"name\":\"x\",\"scoring\":{\"fit\":[{\"id\":\"a\",\"when\":\(nested)}]}},\"proposedBy\":\"a@b.example\"}"
            ),
            BadRequest("no side", service + "SignAgreement", "{\"version\":1,\"signer\":\"a@b.example\"}"),
            BadRequest(
                "a version that is not there", service + "SignAgreement",
                "{\"version\":-9223372036854775808,\"side\":\"SIDE_SALES\",\"signer\":\"a@b.example\",\"digest\":\"x\"}",
                .harmless),
            BadRequest(
                "a version below zero", service + "GetAgreement", "{\"version\":\"-9223372036854775808\"}", .harmless),
            BadRequest("a version beyond numbers", service + "GetAgreement", "{\"version\":9223372036854775808}"),
            BadRequest(
                "an account with an endless id", service + "UpsertAccounts",
                "{\"accounts\":[{\"accountId\":\"\(long)\"}]}", .harmless),
            BadRequest("an account without an id", service + "UpsertAccounts", "{\"accounts\":[{}]}", .harmless),
            BadRequest("an account without an id to get", service + "GetAccount", "{}"),
            BadRequest("a merge of nothing", service + "MergeAccounts", "{\"accountId\":\"a\",\"mergedBy\":\"b\"}"),
            BadRequest("a query for nothing", service + "LookupAccounts", "{\"queries\":[{}]}", .harmless),
            BadRequest(
                "a target with one owner for both sides", service + "ProposeTargetList",
                "{\"listId\":\"l\",\"name\":\"n\",\"proposedBy\":\"a\",\"targets\":[{\"accountId\":\"a\",\"marketingOwner\":\"x\",\"salesOwner\":\"X\"}]}"
            ),
            BadRequest(
                "a filter of accounts nested too deeply", service + "ListAccounts", "{\"where\":\(nested)}"),
            BadRequest(
                "criteria to try nested too deeply", service + "EvaluateCriteria",
                "{\"criteria\":[{\"when\":\(nested)}],\"records\":[{}]}"),
            BadRequest("no criteria to try", service + "EvaluateCriteria", "{}"),
            BadRequest(
                "a pattern without end", service + "EvaluateCriteria",
                "{\"criteria\":[{\"when\":{\"field\":\"company.name\",\"op\":\"glob\",\"value\":\"\(long)\"}}]}"),
        ]
    }

    /// Each line holds the one before ten times.
    private static var laughs: String {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...12 {
            let items = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(items)]\n"
        }
        return text
    }

    private static func deepCriteria(_ depth: Int) -> String {
        let nested =
            String(repeating: "{all: [", count: depth) + "{field: lead.source, op: exists}"
            + String(repeating: "]}", count: depth)
        return "name: deep\nscoring: {fit: [{id: a, points: 1, when: \(nested)}]}\n"
    }

    private static var scoring: [BadRequest] {
        get throws {
            let service = "/accord.scoring.v1.ScoringService/"
            let leads = [
                ("without an id", "{}"), ("with an endless id", "{\"leadId\":\"\(long)\"}"),
                ("with a zero byte in its id", "{\"leadId\":\"a\\u0000b\"}"),
                ("of the year 1", "{\"leadId\":\"bad\",\"createdAt\":\"0001-01-01T00:00:00Z\"}"),
                ("of the year 9999", "{\"leadId\":\"bad\",\"createdAt\":\"9999-12-31T23:59:59.999999999Z\"}"),
                ("with fewer than no employees", "{\"leadId\":\"bad\",\"company\":{\"employees\":-1}}"),
                ("with an endless name", "{\"leadId\":\"bad\",\"company\":{\"name\":\"\(long)\"}}"),
                ("with an unknown custom field", "{\"leadId\":\"bad\",\"custom\":{\"a\":{\"b\":[1,{\"c\":null}]}}}"),
            ].map { name, lead in
                BadRequest("a lead \(name)", service + "UpsertLeads", "{\"leads\":[\(lead)]}", .itemsFail)
            }
            let times = ["yesterday", "10000-01-01T00:00:00Z", "0000-12-31T23:59:59Z", "2026-02-30T00:00:00Z", ""].map {
                BadRequest(
                    "a lead of the time \($0)", service + "UpsertLeads",
                    "{\"leads\":[{\"leadId\":\"bad\",\"createdAt\":\"\($0)\"}]}")
            }
            let engagement = WireEngagement.with {
                $0.engagementID = "bad"
                $0.leadID = "lead-1"
                $0.kind = "page_view"
                $0.occurredAt = Instant(seconds: 1_780_000_000).wire
                $0.attributes["depth"] = Google_Protobuf_Value(numberValue: .nan)
            }
            let timeless = WireEngagement.with {
                $0.engagementID = "bad"
                $0.leadID = "lead-1"
                $0.kind = "page_view"
                $0.occurredAt = Google_Protobuf_Timestamp(seconds: .max, nanos: .min)
            }
            let nowhere = WireLead.with {
                $0.leadID = "bad"
                $0.custom["a"] = Google_Protobuf_Value(numberValue: .infinity)
            }
            return leads + times + [
                BadRequest(
                    "more leads than a batch has", service + "UpsertLeads",
                    "{\"leads\":[\(Array(repeating: "{}", count: 20_000).joined(separator: ","))]}"),
                try BadRequest(
                    "an attribute that is no number", service + "RecordEngagements",
                    binary: WireRecordEngagementsRequest.with { $0.engagements = [engagement] }, .itemsFail),
                try BadRequest(
                    "an engagement beyond time", service + "RecordEngagements",
                    binary: WireRecordEngagementsRequest.with { $0.engagements = [timeless] }, .itemsFail),
                try BadRequest(
                    "an infinite custom field", service + "UpsertLeads",
                    binary: WireUpsertLeadsRequest.with { $0.leads = [nowhere] }, .itemsFail),
                try BadRequest(
                    "an attribute that is no number, in a dry run", service + "ScoreLeads",
                    binary: WireScoreLeadsRequest.with {
                        $0.leads = [FleetAgreement.lead(1)]
                        $0.engagements = [engagement]
                    }, .refused(.invalidArgument)),
                BadRequest(
                    "a lead that is not there", service + "GetLead", "{\"leadId\":\"none\"}", .refused(.notFound)),
                BadRequest("the lead without a name", service + "GetLead", "{}", .harmless),
                BadRequest(
                    "leads before time", service + "ListLeads", "{\"asOf\":\"0001-01-01T00:00:00Z\"}", .harmless),
                BadRequest("leads after time", service + "ListLeads", "{\"asOf\":\"9999-12-31T23:59:59Z\"}", .harmless),
                BadRequest("an erasure of no one", service + "EraseLead", "{\"erasedBy\":\"rita\"}"),
                BadRequest("an erasure by no one", service + "EraseLead", "{\"leadId\":\"lead-1\"}"),
                BadRequest(
                    "an erasure of two", service + "EraseLead",
                    "{\"leadId\":\"lead-1\",\"email\":\"a@example.com\",\"erasedBy\":\"rita\"}"),
                BadRequest(
                    "an erasure of an endless id", service + "EraseLead",
                    "{\"leadId\":\"\(long)\",\"erasedBy\":\"rita\"}"),
                BadRequest(
                    "an erasure for endless reasons", service + "EraseLead",
                    "{\"leadId\":\"lead-1\",\"erasedBy\":\"rita\",\"reason\":\"\(long)\"}"),
                BadRequest(
                    "an erasure of who is not there", service + "EraseLead",
                    "{\"leadId\":\"none\",\"erasedBy\":\"rita\"}", .refused(.notFound)),
                BadRequest("a state of no one", service + "ListLeads", "{\"state\":\"DEMAND_STATE_LOST\"}"),
                BadRequest("a state that is not known", service + "ListLeads", "{\"state\":4711}"),
            ]
        }
    }

    private static var routing: [BadRequest] {
        let service = "/accord.routing.v1.RoutingService/"
        return [
            BadRequest("a rep without an id", service + "UpsertReps", "{\"reps\":[{}]}", .itemsFail),
            BadRequest(
                "a rep with an endless id", service + "UpsertReps", "{\"reps\":[{\"repId\":\"\(long)\"}]}", .itemsFail),
            BadRequest(
                "a rep with less than no capacity", service + "UpsertReps",
                "{\"reps\":[{\"repId\":\"bad\",\"name\":\"B\",\"capacity\":-1}]}", .itemsFail),
            BadRequest(
                "a capacity beyond numbers", service + "UpsertReps",
                "{\"reps\":[{\"repId\":\"bad\",\"capacity\":4294967296}]}"),
            BadRequest(
                "an absence that ends before it begins", service + "UpsertReps",
                "{\"reps\":[{\"repId\":\"bad\",\"name\":\"B\",\"absences\":[{\"from\":\"9999-01-01T00:00:00Z\",\"to\":\"0001-01-01T00:00:00Z\"}]}]}",
                .itemsFail),
            BadRequest(
                "a pool of no one", service + "UpsertPools",
                "{\"pools\":[{\"poolId\":\"bad\",\"name\":\"B\",\"members\":[{\"repId\":\"none\"}]}]}", .itemsFail),
            BadRequest(
                "a weight below zero", service + "UpsertPools",
                "{\"pools\":[{\"poolId\":\"bad\",\"name\":\"B\",\"members\":[{\"repId\":\"rep-1\",\"weight\":-2147483648}]}]}",
                .itemsFail),
            BadRequest(
                "a handoff that is not there", service + "AcceptHandoff",
                "{\"handoffId\":\"none\",\"actor\":\"rep-1\",\"occurredAt\":\"2026-01-01T00:00:00Z\"}",
                .refused(.notFound)),
            BadRequest("no handoff", service + "AcceptHandoff", "{}"),
            BadRequest(
                "a rejection from the year 9999", service + "RejectHandoff",
                "{\"handoffId\":\"none\",\"actor\":\"rep-1\",\"reasonCode\":\"no_budget\",\"occurredAt\":\"9999-12-31T23:59:59Z\"}",
                .harmless),
            BadRequest(
                "an endless note", service + "QualifyHandoff", "{\"handoffId\":\"\(long)\",\"note\":\"\(long)\"}",
                .harmless),
            BadRequest(
                "an act on a handoff that is not there", service + "RecordActs",
                "{\"acts\":[{\"qualify\":{\"handoffId\":\"none\"}}]}", .itemsFail),
            BadRequest("no act", service + "RecordActs", "{\"acts\":[{}]}", .itemsFail),
        ]
    }

    private static var sla: [BadRequest] {
        let service = "/accord.sla.v1.SlaService/"
        let hours = "\"hours\":[{\"days\":[\"mon\"],\"intervals\":[\"09:00-17:00\"]}]"
        let deadlines = [
            ("a duration beyond time", "\"duration\":\"99999999999999w\",\"calendarId\":\"always\""),
            ("a duration below zero", "\"duration\":\"-1h\",\"calendarId\":\"always\""),
            ("a duration that is no number", "\"duration\":\"NaN\",\"calendarId\":\"always\""),
            ("a century", "\"duration\":\"36500d\",\"calendarId\":\"always\""),
            ("an unknown calendar", "\"duration\":\"1h\",\"calendarId\":\"none\""),
            ("a zone that is a path", "\"duration\":\"1h\",\"calendar\":{\"zone\":\"../../../etc/passwd\",\(hours)}"),
            ("a zone with a zero byte", "\"duration\":\"1h\",\"calendar\":{\"zone\":\"UTC\\u0000x\",\(hours)}"),
            ("an endless zone", "\"duration\":\"1h\",\"calendar\":{\"zone\":\"\(long)\",\(hours)}"),
            (
                "an hour that no day has",
                "\"duration\":\"1h\",\"calendar\":{\"zone\":\"UTC\",\"hours\":[{\"days\":[\"mon\"],\"intervals\":[\"25:00-99:99\"]}]}"
            ),
        ].map { name, question in
            BadRequest(
                name, service + "PreviewDeadline", "{\"questions\":[{\"start\":\"2026-01-01T00:00:00Z\",\(question)}]}")
        }
        return deadlines + [
            BadRequest(
                "a deadline before time", service + "PreviewDeadline",
                "{\"questions\":[{\"start\":\"0001-01-01T00:00:00Z\",\"duration\":\"1h\",\"calendarId\":\"always\"}]}"),
            BadRequest(
                "a deadline after time", service + "PreviewDeadline",
                "{\"questions\":[{\"start\":\"9999-12-31T23:59:59Z\",\"duration\":\"1h\",\"calendarId\":\"always\"}]}"),
            BadRequest(
                "all of time", service + "ElapsedTime",
                "{\"questions\":[{\"from\":\"0001-01-01T00:00:00Z\",\"to\":\"9999-12-31T23:59:59Z\",\"calendarId\":\"always\"}]}",
                .harmless),
            BadRequest(
                "more questions than a batch has", service + "ElapsedTime",
                "{\"questions\":[\(Array(repeating: "{}", count: 10_001).joined(separator: ","))]}"),
        ]
    }

    private static var metrics: [BadRequest] {
        let service = "/accord.metrics.v1.MetricsService/"
        func deal(_ amount: String) -> String {
            "{\"opportunities\":[{\"opportunityId\":\"bad\",\"leadId\":\"lead-1\",\"outcome\":\"OUTCOME_WON\","
                + "\"openedAt\":\"2026-01-01T00:00:00Z\",\"closedAt\":\"2026-02-01T00:00:00Z\",\"amount\":\(amount)}]}"
        }
        let path = service + "RecordOpportunities"
        return [
            BadRequest(
                "all the money there is", path, deal("{\"minorUnits\":\"9223372036854775807\",\"currency\":\"USD\"}"),
                .itemsFail),
            BadRequest("less than no money", path, deal("{\"minorUnits\":\"-1\",\"currency\":\"USD\"}"), .itemsFail),
            BadRequest("money of nowhere", path, deal("{\"minorUnits\":\"1\",\"currency\":\"'; --\"}"), .itemsFail),
            BadRequest("money that is no number", path, deal("{\"minorUnits\":\"NaN\",\"currency\":\"USD\"}")),
            BadRequest("money that is half a number", path, deal("{\"minorUnits\":1.5,\"currency\":\"USD\"}")),
            BadRequest("a deal without an id", path, "{\"opportunities\":[{}]}", .itemsFail),
            BadRequest("a touch without an id", service + "RecordTouches", "{\"touches\":[{}]}", .itemsFail),
            BadRequest(
                "a touch with an endless id", service + "RecordTouches", "{\"touches\":[{\"touchId\":\"\(long)\"}]}",
                .itemsFail),
            BadRequest("a split by code", service + "GetFunnel", "{\"splitBy\":\"source; DROP TABLE lead\"}"),
            BadRequest(
                "a period that ends before it begins", service + "GetFunnel",
                "{\"period\":{\"from\":\"9999-12-31T23:59:59Z\",\"to\":\"0001-01-01T00:00:00Z\"}}"),
            BadRequest(
                "a model that no one knows", service + "GetAttribution", "{\"model\":\"' OR 1=1\"}"),
            BadRequest("the journey of no one", service + "GetJourney", "{\"leadId\":\"none\"}", .refused(.notFound)),
            BadRequest("an endless journey", service + "GetJourney", "{\"leadId\":\"\(long)\"}", .harmless),
        ]
    }
}
