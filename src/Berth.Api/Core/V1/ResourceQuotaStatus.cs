using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record ResourceQuotaStatus
{
    [Field(1)]
    public ApiMap<Quantity> Hard { get; init; } = [];

    [Field(2)]
    public ApiMap<Quantity> Used { get; init; } = [];
}
