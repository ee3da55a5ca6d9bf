namespace Berth.ApiServer.Audit;

/// <summary>Somewhere that events go. Called by one queue, one batch after the other.</summary>
internal interface IAuditOutput : IDisposable
{
    /// <summary>As in the metrics.</summary>
    string Name { get; }

    /// <summary>Events that it takes at once.</summary>
    int BatchMax { get; }

    /// <summary>How long the first event of a batch waits for others.</summary>
    TimeSpan Linger { get; }

    /// <param name="events">Each a line of JSON with its end.</param>
    /// <exception cref="IOException">They could not be written, and are lost.</exception>
    /// <exception cref="HttpRequestException">So are they then.</exception>
    Task WriteAsync(IReadOnlyList<byte[]> events, CancellationToken cancellation);
}
