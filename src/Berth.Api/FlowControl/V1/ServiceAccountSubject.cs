using Berth.Api.Schema;

namespace Berth.Api.FlowControl.V1;

/// <summary>A ServiceAccount.</summary>
public sealed partial record ServiceAccountSubject
{
    /// <summary>Its namespace.</summary>
    [Field(1, Always = true, Required = true)]
    public string Namespace { get; init; } = "";

    /// <summary>Its name; * for all of the namespace.</summary>
    [Field(2, Always = true, Required = true)]
    public string Name { get; init; } = "";
}
