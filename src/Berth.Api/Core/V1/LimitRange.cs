using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>Bounds and defaults for the resources of single containers, pods and claims of a namespace.</summary>
[Kind("", "v1", "LimitRange")]
[Resource("limitranges", "limitrange", ShortNames = "limits")]
public sealed partial record LimitRange
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>The limits.</summary>
    [Field(2)]
    public LimitRangeSpec Spec { get; init; } = LimitRangeSpec.Empty;
}
