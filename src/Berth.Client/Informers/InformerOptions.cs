namespace Berth.Client.Informers;

/// <summary>What an informer keeps.</summary>
public sealed record InformerOptions
{
    /// <summary>Null for all namespaces.</summary>
    public string? Namespace { get; init; }

    public string? LabelSelector { get; init; }

    public string? FieldSelector { get; init; }

    /// <summary>Objects asked for at a time while listing: keeps one answer of a large cluster to some megabytes.</summary>
    public int PageSize { get; init; } = 5000;

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
