using System.Collections.Immutable;

namespace Berth.Ingress.Routing;

/// <summary>Requests of one kind, and where they go. Immutable.</summary>
internal sealed record Route
{
    /// <summary>Lower case: a name, "*.example.com" for one more label in front, or empty for every host.</summary>
    public string Host { get; init; } = "";

    /// <summary>Whether a wildcard stands for any number of labels, as in the Gateway API.</summary>
    public bool IsDeepWildcard { get; init; }

    public PathMatch Path { get; init; } = PathMatch.Everything;

    public RequestMatch Match { get; init; } = RequestMatch.Any;

    public RouteActions Actions { get; init; } = RouteActions.None;

    /// <summary>Taken only where no other route fits, whatever the host.</summary>
    public bool IsDefault { get; init; }

    /// <summary>What it was made from, for logs and for a fixed order of equals.</summary>
    public string Source { get; init; } = "";

    /// <summary>The older one of two equal routes has the requests.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    public ImmutableArray<WeightedBackend> Backends { get; init; } = [];

    /// <summary>The only one.</summary>
    public Backend Backend
    {
        init => Backends = [new WeightedBackend(value, 1, RouteActions.None)];
    }

    /// <summary>One of the backends, by weight; a null one where there is none, or where a reference leads nowhere.</summary>
    public WeightedBackend Choose(Random random)
    {
        if (Backends.Length == 1)
            return Backends[0].Weight > 0 ? Backends[0] : default;
        var at = random.Next(Math.Max(1, Backends.Sum(b => b.Weight)));
        foreach (var backend in Backends)
        {
            at -= backend.Weight;
            if (at < 0)
                return backend;
        }
        return default;
    }
}
