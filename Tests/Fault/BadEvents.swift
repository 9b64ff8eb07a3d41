import Kernel

/// Events that no service tells.
enum BadEvents {
    private static let path = BatchMethod.publish.path

    static func all() throws -> [BadRequest] {
        let kinds = [
            "agreementActivated", "leadScored", "leadQualified", "leadRequalified", "leadCooled", "handoffWaiting",
            "handoffAssigned", "handoffAccepted", "handoffRejected", "handoffTouched", "handoffQualified",
            "handoffClosed", "timerArmed", "timerWarned", "timerMet", "timerBreached", "timerCancelled",
            "leadsMerged", "leadsSplit", "leadErased",
        ]
        let many = Array(repeating: event(), count: 501).joined(separator: ",")
        return [
            BadRequest("more events than a batch has", path, "{\"events\":[\(many)]}"),
            BadRequest("an event without an id", path, "{\"events\":[{\"key\":\"a\"}]}"),
            BadRequest("an event about nothing", path, "{\"events\":[{\"eventId\":\"a\"}]}"),
            BadRequest(
                "an event of another partition", path,
                "{\"events\":[{\"eventId\":\"a\",\"key\":\"a\",\"partition\":-1}]}"),
            BadRequest(
                "an event with an endless id", path,
                "{\"events\":[{\"eventId\":\"\(String(repeating: "x", count: 1 << 20))\",\"key\":\"a\"}]}"),
            BadRequest(
                "an event under an agreement that is not there", path,
                "{\"events\":[\(event(",\"agreementVersion\":\"9223372036854775807\",\"leadScored\":{}"))]}", .harmless),
        ]
            + kinds.map {
                BadRequest("an empty \($0)", path, "{\"events\":[\(event(",\"\($0)\":{}", id: $0))]}", .harmless)
            }
    }

    private static func event(_ more: String = "", id: String = "bad") -> String {
        "{\"eventId\":\"\(id)\",\"key\":\"bad\",\"partition\":\(Partition.of("bad"))\(more)}"
    }
}
