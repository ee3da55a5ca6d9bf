using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>What a handler can do.</summary>
public sealed partial record NodeRuntimeHandlerFeatures
{
    /// <summary>True when it can mount read-only with all that is mounted below.</summary>
    [Field(1)]
    public bool? RecursiveReadOnlyMounts { get; init; }

    /// <summary>True when it can give pods user namespaces.</summary>
    [Field(2)]
    public bool? UserNamespaces { get; init; }
}
