using Microsoft.Extensions.Logging;

namespace Berth.Ingress;

/// <summary>Lets the web server and YARP tell of what is wrong alone: a line for each request would be the log of the pods' users.</summary>
internal sealed class QuietLogging(ILoggerFactory inner) : ILoggerFactory
{
    public ILoggerFactory AsFactory() => this;

    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    public ILogger CreateLogger(string categoryName) => new Quiet(inner.CreateLogger(categoryName));

    // The inner factory is its owner's.
    public void Dispose()
    {
    }

    private sealed class Quiet(ILogger inner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error && inner.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                inner.Log(logLevel, eventId, state, exception, formatter);
        }
    }
}
