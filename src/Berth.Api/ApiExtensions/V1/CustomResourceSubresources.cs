using Berth.Api.Schema;

namespace Berth.Api.ApiExtensions.V1;

public sealed partial record CustomResourceSubresources
{
    [Field(1)]
    public CustomResourceSubresourceStatus? Status { get; init; }

    [Field(2)]
    public CustomResourceSubresourceScale? Scale { get; init; }
}
