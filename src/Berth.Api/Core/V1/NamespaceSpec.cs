using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>What is wanted of a namespace.</summary>
public sealed partial record NamespaceSpec
{
    /// <summary>Who has to clear up before the namespace goes; kubernetes stands for all that is in it.</summary>
    [Field(1)]
    public ApiList<string> Finalizers { get; init; } = [];
}
