using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A description of pods, kept for later use.</summary>
[Kind("", "v1", "PodTemplate")]
[Resource("podtemplates", "podtemplate")]
public sealed partial record PodTemplate
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>The pods.</summary>
    [Field(2)]
    public PodTemplateSpec Template { get; init; } = PodTemplateSpec.Empty;
}
