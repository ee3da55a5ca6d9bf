using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record LimitRangeSpec
{
    [Field(1, Always = true, Required = true)]
    public ApiList<LimitRangeItem> Limits { get; init; } = [];
}
