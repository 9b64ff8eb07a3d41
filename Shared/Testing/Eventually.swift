/// Asks again until the answer is the one that was awaited: services tell each other in their own time.
///
/// - Returns: the last answer, also where it is not the awaited one.
public func eventually<Answer>(
    within limit: Duration = .seconds(60), _ ask: () async throws -> Answer, until isAwaited: (Answer) -> Bool
) async throws -> Answer {
    let end = ContinuousClock.now.advanced(by: limit)
    while true {
        let answer = try await ask()
        if isAwaited(answer) || ContinuousClock.now > end { return answer }
        try await ContinuousClock().sleep(for: .milliseconds(50))
    }
}
