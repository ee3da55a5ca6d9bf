using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Apps.V1;

/// <summary>One version of what a StatefulSet or DaemonSet runs, kept so that it can go back. It cannot change once made.</summary>
[Kind("apps", "v1", "ControllerRevision")]
[Resource("controllerrevisions", "controllerrevision")]
public sealed partial record ControllerRevision
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>The version, in the form of who made it.</summary>
    [Field(2)]
    public RawJson? Data { get; init; }

    /// <summary>Number of the version; grows.</summary>
    [Field(3, Always = true, Required = true)]
    public long Revision { get; init; }
}
