using Berth.ApiServer.Http;

namespace Berth.ApiServer.FlowControl;

/// <summary>
/// How many requests may be worked on at once. Reads and writes have limits of their own, so that neither starves the
/// other; watches and streams, which last, have none here.
/// </summary>
public sealed class InFlightLimit
{
    // kube-apiserver's defaults for a server without priority levels.
    public const int ReadsMax = 400;
    public const int WritesMax = 200;

    // By then a burst is over.
    private const int RetryAfterSeconds = 1;

    private int _reads;
    private int _writes;

    public int Reads => Volatile.Read(ref _reads);

    public int Writes => Volatile.Read(ref _writes);

    /// <exception cref="ApiStatusException">429: too many requests are in flight.</exception>
    public Slot Enter(RequestInfo request)
    {
        if (request.IsLongRunning)
            return default;
        ref var count = ref request.IsReadOnly ? ref _reads : ref _writes;
        if (Interlocked.Increment(ref count) <= (request.IsReadOnly ? ReadsMax : WritesMax))
            return new Slot(this, request.IsReadOnly);
        Interlocked.Decrement(ref count);
        throw ApiStatusException.TooManyRequests("Too many requests, please try again later.", RetryAfterSeconds);
    }

    /// <summary>One request's place; given back when disposed.</summary>
    public readonly struct Slot : IDisposable
    {
        private readonly InFlightLimit? _owner;
        private readonly bool _isRead;

        internal Slot(InFlightLimit owner, bool isRead)
        {
            _owner = owner;
            _isRead = isRead;
        }

        public void Dispose()
        {
            if (_owner is not null)
                Interlocked.Decrement(ref _isRead ? ref _owner._reads : ref _owner._writes);
        }
    }
}
