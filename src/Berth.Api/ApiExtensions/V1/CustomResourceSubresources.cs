using Berth.Api.Schema;

namespace Berth.Api.ApiExtensions.V1;

/// <summary>Subresources of a kind.</summary>
public sealed partial record CustomResourceSubresources
{
    /// <summary>By its presence: status is written through the subresource alone, and metadata.generation counts only changes of the rest.</summary>
    [Field(1)]
    public CustomResourceSubresourceStatus? Status { get; init; }

    /// <summary>How scale is served.</summary>
    [Field(2)]
    public CustomResourceSubresourceScale? Scale { get; init; }
}
