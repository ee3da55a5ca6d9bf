using Berth.Api.Schema;

namespace Berth.Api.Authorization.V1;

/// <summary>A request for a resource.</summary>
public sealed partial record ResourceAttributes
{
    /// <summary>Its namespace; empty: for resources of the cluster, none; for others, all namespaces.</summary>
    [Field(1)]
    public string Namespace { get; init; } = "";

    /// <summary>get, list, watch, create, update, patch, delete, deletecollection, proxy or *.</summary>
    [Field(2)]
    public string Verb { get; init; } = "";

    /// <summary>API group; * for all.</summary>
    [Field(3)]
    public string Group { get; init; } = "";

    /// <summary>Version; * for all.</summary>
    [Field(4)]
    public string Version { get; init; } = "";

    /// <summary>Resource, in the plural; * for all.</summary>
    [Field(5)]
    public string Resource { get; init; } = "";

    /// <summary>Subresource; empty for none.</summary>
    [Field(6)]
    public string Subresource { get; init; } = "";

    /// <summary>Name of the object; empty for all.</summary>
    [Field(7)]
    public string Name { get; init; } = "";

    /// <summary>Field selector of a list, watch or deletion.</summary>
    [Field(8)]
    public FieldSelectorAttributes? FieldSelector { get; init; }

    /// <summary>Label selector of a list, watch or deletion.</summary>
    [Field(9)]
    public LabelSelectorAttributes? LabelSelector { get; init; }
}
