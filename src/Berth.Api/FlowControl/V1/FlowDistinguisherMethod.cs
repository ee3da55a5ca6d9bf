using Berth.Api.Schema;

namespace Berth.Api.FlowControl.V1;

/// <summary>What tells the flows of a schema apart.</summary>
public sealed partial record FlowDistinguisherMethod
{
    /// <summary>ByUser or ByNamespace.</summary>
    [Field(1, Always = true, Required = true)]
    public string Type { get; init; } = "";
}
