using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Apps.V1;

[Kind("apps", "v1", "ControllerRevision")]
[Resource("controllerrevisions", "controllerrevision")]
public sealed partial record ControllerRevision
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    [Field(2)]
    public RawJson? Data { get; init; }

    [Field(3, Always = true, Required = true)]
    public long Revision { get; init; }
}
