namespace Berth.ApiServer.Audit;

/// <summary>What is written down of requests, and where to.</summary>
public sealed record AuditOptions
{
    public required AuditPolicy Policy { get; init; }

    /// <summary>A file, or <c>-</c> for the standard output. Empty: no log.</summary>
    public string LogPath { get; init; } = "";

    /// <summary>Past it the file is put aside and a new one begun. 0: never. The default is Kubernetes'.</summary>
    public long LogBytesMax { get; init; } = 100L * 1024 * 1024;

    /// <summary>Files put aside that are kept; 0: any number.</summary>
    public int LogBackupsMax { get; init; } = 100;

    /// <summary>How long they are kept; zero: for ever.</summary>
    public TimeSpan LogAgeMax { get; init; } = TimeSpan.FromDays(366);

    /// <summary>Where batches of events are sent; null: nowhere.</summary>
    public AuditWebhook? Webhook { get; init; }

    /// <summary>Sees that the log can be written, before anything is started that would fail for it.</summary>
    /// <exception cref="IOException">It cannot.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not.</exception>
    public void RequireWritable()
    {
        if (LogPath is not ("" or "-"))
            new AuditLogFile(this, TimeProvider.System).Dispose();
    }
}

/// <param name="Transport">Carries the credentials. Owned by who made it.</param>
public sealed record AuditWebhook(HttpMessageInvoker Transport, Uri Address);
