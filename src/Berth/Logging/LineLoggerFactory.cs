using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Berth.Logging;

/// <summary>
/// Logs as lines of text: time, level, category, event id, message. One writer, so that lines never mix; a line is written
/// at once, because the last ones before a crash are the ones that are read.
/// </summary>
internal sealed class LineLoggerFactory(TextWriter output, LogLevel level, TimeProvider time) : ILoggerFactory
{
    private readonly Lock _gate = new();

    public ILogger CreateLogger(string categoryName) => new LineLogger(this, categoryName);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("berth logs to one place");

    public void Dispose()
    {
    }

    private void Write(LogLevel logLevel, string category, EventId id, string message, Exception? exception)
    {
        var name = logLevel switch
        {
            LogLevel.Trace => "TRACE",
            LogLevel.Debug => "DEBUG",
            LogLevel.Information => "INFO ",
            LogLevel.Warning => "WARN ",
            _ => "ERROR",
        };
        var line = string.Create(CultureInfo.InvariantCulture, $"{time.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss.fff'Z'} {name} {category}[{id.Id}] {message}{(exception is null ? "" : "\n" + exception)}");
        lock (_gate)
        {
            output.WriteLine(line);
            output.Flush();
        }
    }

    private sealed class LineLogger(LineLoggerFactory factory, string category) : ILogger
    {
        // The web server's own categories tell of each connection: only what went wrong is of use.
        private readonly LogLevel _level = category.StartsWith("Microsoft.", StringComparison.Ordinal) && factory.Level < LogLevel.Warning && factory.Level > LogLevel.Debug
            ? LogLevel.Warning
            : factory.Level;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= _level && logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                factory.Write(logLevel, category, eventId, formatter(state, exception), exception);
        }
    }

    private LogLevel Level => level;
}
