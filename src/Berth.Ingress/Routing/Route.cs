using System.Collections.Immutable;

namespace Berth.Ingress.Routing;

/// <summary>Requests of one kind, and where they go. Immutable.</summary>
internal sealed record Route
{
    /// <summary>Lower case: a name, "*.example.com" for one more label in front, or empty for every host.</summary>
    public string Host { get; init; } = "";

    public PathMatch Path { get; init; } = PathMatch.Everything;

    /// <summary>Taken only where no other route fits, whatever the host.</summary>
    public bool IsDefault { get; init; }

    /// <summary>What it was made from, for logs and for a fixed order of equals.</summary>
    public string Source { get; init; } = "";

    /// <summary>The older one of two equal routes has the requests.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    public required Backend Backend { get; init; }
}
