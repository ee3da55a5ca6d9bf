using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

/// <summary>Who uses a claim.</summary>
public sealed partial record ResourceClaimConsumerReference
{
    /// <summary>Its API group; empty for the core group.</summary>
    [Field(1)]
    public string ApiGroup { get; init; } = "";

    /// <summary>Its resource, such as pods.</summary>
    [Field(3, Always = true, Required = true)]
    public string Resource { get; init; } = "";

    /// <summary>Its name.</summary>
    [Field(4, Always = true, Required = true)]
    public string Name { get; init; } = "";

    /// <summary>Its uid.</summary>
    [Field(5, Always = true, Required = true)]
    public string Uid { get; init; } = "";
}
