import Contracts
import Kernel

/// The one moment at which a lead is looked at, and what counts as success after it.
struct LeadSighting: Sendable {
    enum Outcome: String, Sendable, CaseIterable {
        case accepted, sql, won
    }

    enum Population: String, Sendable, CaseIterable {
        case qualified, created
    }

    let outcome: Outcome
    let population: Population
    /// Of population `created`.
    let observation: TimeSpan
    let horizon: TimeSpan

    /// Of the fields of a request, by these names.
    init(outcome: String, population: String, observation: String, horizon: String, _ reader: inout QuestionReader) {
        self.outcome = reader.choice(outcome, "outcome", default: .won)
        self.population = reader.choice(population, "population", default: .qualified)
        self.observation = reader.span(observation, "observation", default: .days(14))
        self.horizon = reader.span(horizon, "horizon", default: .days(90))
    }
}
