using Berth.Api.Schema;

namespace Berth.ApiServer.Apply;

/// <summary>
/// Fields that a resource's endpoint ignores in what it is given, so that nobody comes to own them there: the main
/// resource does not take the status, and the status subresource takes nothing else.
/// </summary>
internal static class ResetFields
{
    private static readonly FieldSet s_main = FieldSet.Of(["status"]);
    private static readonly FieldSet s_status = FieldSet.Of(["spec"]);
    private static readonly FieldSet s_statusOnly = FieldSet.Of(["metadata"], ["spec"]);

    public static FieldSet Of(KindInfo? kind, string? subresource) => (kind?.Kind, subresource) switch
    {
        (null, _) => FieldSet.Empty,

        // Of a custom resource the status subresource takes nothing but the status.
        (_, "status") when kind!.IsCustom => FieldSet.Of(CustomAllButStatus(kind)),
        ("CertificateSigningRequest", null) => FieldSet.Of(["spec"], ["status"]),
        ("CertificateSigningRequest", "status") => FieldSet.Of(["spec"], ["status", "conditions"]),
        ("CertificateSigningRequest", "approval") => FieldSet.Of(["spec"], ["status", "certificate"]),
        ("Namespace", "finalize") => s_main,
        ("Pod", "status") => FieldSet.Of(["spec"], ["metadata", "deletionTimestamp"], ["metadata", "ownerReferences"]),
        ("Deployment", "status") => FieldSet.Of(["spec"], ["metadata", "labels"]),
        ("VolumeAttachment" or "FlowSchema" or "PriorityLevelConfiguration" or "ResourceClaim" or "ServiceCIDR", "status") => s_statusOnly,
        (_, "status") => s_status,
        (_, null) => kind!.Subresources.Any(s => s.Name == "status") ? s_main : FieldSet.Empty,
        _ => FieldSet.Empty,
    };

    private static string[][] CustomAllButStatus(KindInfo kind) =>
        [.. kind.Schema.Fields.Where(f => f.Name != "status").Select(f => new[] { f.Name })];
}
