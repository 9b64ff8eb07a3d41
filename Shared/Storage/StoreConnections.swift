import GRDB

/// How a store gets at its file.
protocol StoreConnections: Sendable {
    /// How many writes wait for their turn.
    var writesWaiting: Int { get }
    /// Whether it writes by itself how far subscribers are.
    var savesCursors: Bool { get }
    /// Whether a write has failed that cannot be undone.
    var isSpoiled: Bool { get }

    /// Reads a snapshot.
    func read<Value: Sendable>(_ body: @Sendable (Database) throws -> Value) async throws -> Value

    /// Runs the body in a transaction and returns once it is as durable as the store's settings ask for.
    ///
    /// A task that is cancelled before its turn changes nothing; one whose turn has come is answered as it went.
    func write<Value: Sendable>(
        _ body: @escaping @Sendable (Database, TransactionNotes) throws -> Value
    ) async throws -> Value

    /// Puts the events that some subscriber lacks into the table, where they are not.
    func writeUntoldEvents() async throws

    /// Refuses further writes, lets those that wait finish, and lets the file go.
    func close() async throws
}

/// Up to where there is nothing to undo.
struct UndoMark {
    private let changes: Int

    init(_ database: Database) { changes = database.totalChangesCount }

    /// Whether what has run since, and failed, may have left something behind: also a statement that SQLite refused
    /// halfway or was told to give up.
    func isPassed(by error: any Error, _ database: Database) -> Bool {
        error is DatabaseError || error is CancellationError || database.totalChangesCount != changes
    }
}

/// Transactions by statements that are prepared once.
extension Database {
    func begin() throws { try cachedStatement(sql: "BEGIN IMMEDIATE").execute() }

    func commit() throws { try cachedStatement(sql: "COMMIT").execute() }

    /// Undoes the transaction, unless SQLite has done so already.
    func rollback() throws {
        if isInsideTransaction { try cachedStatement(sql: "ROLLBACK").execute() }
    }

    /// Runs a part that is undone alone when it throws.
    func withSavepoint<Value>(_ part: () throws -> Value) throws -> Value {
        try run("SAVEPOINT part", [])
        do {
            let value = try part()
            try run("RELEASE part", [])
            return value
        } catch {
            // With some faults SQLite has undone the whole transaction, and no savepoint is left.
            if isInsideTransaction {
                do {
                    try run("ROLLBACK TO part", [])
                    try run("RELEASE part", [])
                } catch {
                    // A part that cannot be undone alone must not be committed with the others.
                    try? rollback()
                }
            }
            throw error
        }
    }
}
