using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Berth.ApiServer.Audit;

/// <summary>
/// Stands between requests and one output, so that a slow disk or a slow webhook does not hold up requests. Bounded: past the limit
/// a request waits for a moment, and then goes on without its event, which counts as lost.
/// </summary>
internal sealed partial class AuditQueue : IAsyncDisposable
{
    // A second or two of the busiest cluster at level RequestResponse.
    private const long BytesMax = 64 * 1024 * 1024;

    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(250);

    // How long the end of the server waits for the output to take what is left.
    private static readonly TimeSpan s_drain = TimeSpan.FromSeconds(5);

    private readonly IAuditOutput _output;
    private readonly AuditCounts _counts;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Channel<byte[]> _events = Channel.CreateUnbounded<byte[]>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _hurry = new();
    private readonly Task _loop;
    private TaskCompletionSource _taken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _bytes;

    public AuditQueue(IAuditOutput output, AuditCounts counts, TimeProvider time, ILogger logger)
    {
        (_output, _counts, _time, _logger) = (output, counts, time, logger);
        _loop = Task.Run(RunAsync);
    }

    public ValueTask AddAsync(byte[] line)
    {
        var taken = Volatile.Read(ref _taken);
        if (!Fits(line))
            return WaitAsync(line, taken);
        Enqueue(line);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _events.Writer.TryComplete();
        await _hurry.CancelAsync().ConfigureAwait(false);
        _stop.CancelAfter(s_drain);
        await _loop.ConfigureAwait(false);
        _output.Dispose();
        _stop.Dispose();
        _hurry.Dispose();
    }

    private async ValueTask WaitAsync(byte[] line, TaskCompletionSource taken)
    {
        try
        {
            await taken.Task.WaitAsync(s_patience, _time).ConfigureAwait(false);
            if (Fits(line))
            {
                Enqueue(line);
                return;
            }
        }
        catch (TimeoutException)
        {
            // Counted below.
        }

        _counts.Lost(_output.Name, 1);
        LogFull(_logger, _output.Name);
    }

    private bool Fits(byte[] line)
    {
        // One event may be longer than the limit: then it stands alone.
        var bytes = Interlocked.Add(ref _bytes, line.Length);
        if (bytes <= BytesMax || bytes == line.Length)
            return true;
        Interlocked.Add(ref _bytes, -line.Length);
        return false;
    }

    private void Enqueue(byte[] line)
    {
        if (!_events.Writer.TryWrite(line))
            _counts.Lost(_output.Name, 1);
    }

    private async Task RunAsync()
    {
        var batch = new List<byte[]>();
        while (await _events.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            if (_output.Linger > TimeSpan.Zero && !_hurry.IsCancellationRequested)
                await Task.Delay(_output.Linger, _time, _hurry.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            batch.Clear();
            long bytes = 0;
            while (batch.Count < _output.BatchMax && _events.Reader.TryRead(out var line))
            {
                batch.Add(line);
                bytes += line.Length;
            }

            try
            {
                await _output.WriteAsync(batch, _stop.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or HttpRequestException or OperationCanceledException)
            {
                _counts.Lost(_output.Name, batch.Count);
                LogLost(_logger, e, batch.Count, _output.Name);
            }

            Interlocked.Add(ref _bytes, -bytes);
            Interlocked.Exchange(ref _taken, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        }
    }

    [LoggerMessage(EventId = 3601, Level = LogLevel.Error, Message = "{Events} audit events could not be written ({Output}) and are lost")]
    private static partial void LogLost(ILogger logger, Exception cause, int events, string output);

    [LoggerMessage(EventId = 3602, Level = LogLevel.Error, Message = "An audit event is lost: those before it are not written fast enough ({Output})")]
    private static partial void LogFull(ILogger logger, string output);
}
