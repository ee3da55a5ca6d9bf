using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

[Kind("", "v1", "LimitRange")]
[Resource("limitranges", "limitrange", ShortNames = "limits")]
public sealed partial record LimitRange
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    [Field(2)]
    public LimitRangeSpec Spec { get; init; } = LimitRangeSpec.Empty;
}
