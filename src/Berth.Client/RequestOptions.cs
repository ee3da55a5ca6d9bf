namespace Berth.Client;

public sealed record GetOptions
{
    public string? ResourceVersion { get; init; }
}

/// <summary>Selection and paging of lists and watches, as in the query of the Kubernetes API.</summary>
public sealed record ListOptions
{
    public string? LabelSelector { get; init; }

    public string? FieldSelector { get; init; }

    public string? ResourceVersion { get; init; }

    /// <summary><c>Exact</c> or <c>NotOlderThan</c>.</summary>
    public string? ResourceVersionMatch { get; init; }

    /// <summary>Most items in one answer; null for all.</summary>
    public int? Limit { get; init; }

    /// <summary>Token of the page before.</summary>
    public string? Continue { get; init; }

    public bool AllowWatchBookmarks { get; init; }

    /// <summary>Asks a watch to begin with what is there, closed by a bookmark.</summary>
    public bool SendInitialEvents { get; init; }

    /// <summary>The server ends a watch after this long.</summary>
    public TimeSpan? Timeout { get; init; }
}

public sealed record WriteOptions
{
    /// <summary>Who owns the fields written; null takes the client's name.</summary>
    public string? FieldManager { get; init; }

    /// <summary>Everything but the store.</summary>
    public bool DryRun { get; init; }

    /// <summary>Server-side apply takes fields from their owners.</summary>
    public bool Force { get; init; }
}
