import GRDB
import Kernel
import RPC
import Storage

/// What the service asks of `webhook_message`: the messages that it took, as long as their timestamps may hold.
enum WebhookQueries {
    static let migration = Migration(
        "scoring-webhooks-1",
        sql: """
            CREATE TABLE webhook_message (
                webhook TEXT NOT NULL,
                message_id TEXT NOT NULL,
                sent_at INTEGER NOT NULL,
                PRIMARY KEY (webhook, message_id, sent_at)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX webhook_message_sent ON webhook_message (sent_at);
            """)

    /// - Throws: `already_exists` for the very message that was taken before. A sender's own next try has another
    ///   timestamp.
    static func refuseReplay(of message: WebhookMessage, _ database: Database) throws {
        let known = try database.row(
            "SELECT 1 FROM webhook_message WHERE webhook = ? AND message_id = ? AND sent_at = ?",
            [.text(message.webhook), .text(message.id), .instant(message.sentAt)]
        ) { $0.integer(0) }
        guard known == nil else {
            throw RPCError(.alreadyExists, "webhook-id: this message was taken before")
        }
    }

    /// Keeps a message, and forgets those whose timestamps are refused by now.
    static func insert(_ message: WebhookMessage, tolerance: TimeSpan, _ transaction: StoreTransaction) throws {
        let oldest = Instant(microseconds: transaction.now.microseconds - 2 * tolerance.microseconds)
        try transaction.database.run("DELETE FROM webhook_message WHERE sent_at < ?", [.instant(oldest)])
        try transaction.database.run(
            "INSERT INTO webhook_message (webhook, message_id, sent_at) VALUES (?, ?, ?)",
            [.text(message.webhook), .text(message.id), .instant(message.sentAt)])
    }
}
