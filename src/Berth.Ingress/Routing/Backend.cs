using System.Collections.Immutable;
using Berth.Api;

namespace Berth.Ingress.Routing;

internal enum BackendProtocol
{
    Http1,

    /// <summary>HTTP/2 without TLS, by prior knowledge: gRPC servers as they are in pods.</summary>
    H2c,

    /// <summary>TLS to the pod, whose certificate is its own matter: nobody could have issued one for an address that changes.</summary>
    Https,
}

/// <summary>One port of one Service.</summary>
/// <param name="IsGrpc">The route says that it speaks HTTP/2, whatever the Service says.</param>
internal sealed record BackendKey(ObjectKey Service, string Port, bool IsGrpc = false);

/// <summary>
/// The endpoints of a Service's port, in turn. Lives as long as some route leads to it, across changes of routes and endpoints; safe for
/// concurrent use. Requests under way keep the endpoint that they have.
/// </summary>
internal sealed class Backend
{
    private volatile State _state = new([], BackendProtocol.Http1);
    private uint _turn;

    public BackendProtocol Protocol => _state.Protocol;

    /// <summary>Addresses to send to: "http://10.0.0.7:8080".</summary>
    public ImmutableArray<string> Destinations => _state.Destinations;

    public void Set(ImmutableArray<string> destinations, BackendProtocol protocol) => _state = new State(destinations, protocol);

    /// <summary>The next endpoint; null where there is none.</summary>
    /// <param name="attempt">Of this request: another one than before, if there is another.</param>
    public string? Next(int attempt)
    {
        var destinations = _state.Destinations;
        if (destinations.IsEmpty)
            return null;
        var turn = attempt == 0 ? Interlocked.Increment(ref _turn) : Volatile.Read(ref _turn) + (uint)attempt;
        return destinations[(int)(turn % (uint)destinations.Length)];
    }

    private sealed record State(ImmutableArray<string> Destinations, BackendProtocol Protocol);
}
