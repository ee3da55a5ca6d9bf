using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.ApiServer.Http;

/// <summary>
/// The server's log without the web host's own words: what it has to say about starting and stopping it throws as well,
/// and who starts the server tells people.
/// </summary>
internal sealed class QuietLogging(ILoggerFactory inner) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) =>
        categoryName.Contains(".Hosting", StringComparison.Ordinal) ? NullLogger.Instance : inner.CreateLogger(categoryName);

    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    // The factory belongs to who made it.
    public void Dispose()
    {
    }
}
