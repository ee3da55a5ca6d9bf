using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;

namespace Berth.Ingress.Routing;

/// <summary>What happens to a request and its answer on the way.</summary>
internal sealed record RouteActions
{
    public static readonly RouteActions None = new();

    public ImmutableArray<HeaderChange> RequestHeaders { get; init; } = [];

    public ImmutableArray<HeaderChange> ResponseHeaders { get; init; } = [];

    /// <summary>The Host that the backend sees; null: the client's.</summary>
    public string? Hostname { get; init; }

    public PathChange? Path { get; init; }

    /// <summary>Answers with a redirection instead of forwarding.</summary>
    public Redirect? Redirect { get; init; }

    public bool IsEmpty => this == None;
}

internal enum HeaderOperation
{
    Set,
    Add,
    Remove,
}

internal readonly record struct HeaderChange(HeaderOperation Operation, string Name, string Value);

/// <summary>Another path: in place of the whole one, or of the prefix that the route was found by.</summary>
/// <param name="Prefix">Of the route; null: the whole path is replaced.</param>
internal sealed record PathChange(string? Prefix, string Replacement)
{
    public string Apply(string path)
    {
        if (Prefix is null)
            return Replacement;
        var rest = path.Length > Prefix.Length ? path[Prefix.Length..].TrimStart('/') : "";
        var head = Replacement.TrimEnd('/');
        return rest.Length == 0 ? (head.Length == 0 ? "/" : head) : $"{head}/{rest}";
    }
}

/// <summary>Where a client is sent; what is null stays as the client had it.</summary>
internal sealed record Redirect(string? Scheme, string? Hostname, int? Port, PathChange? Path, int Status)
{
    public string Location(HttpRequest request)
    {
        var scheme = Scheme ?? request.Scheme;
        // A new scheme means its own port; otherwise the client's stays.
        var port = Port ?? (Scheme is not null ? null : request.Host.Port);
        var isDefault = port is null || (scheme == "http" && port == 80) || (scheme == "https" && port == 443);
        var host = Hostname ?? request.Host.Host;
        var path = Path?.Apply(request.Path.Value ?? "/") ?? request.Path.Value;
        return $"{scheme}://{host}{(isDefault ? "" : $":{port}")}{new PathString(path)}{request.QueryString}";
    }
}
