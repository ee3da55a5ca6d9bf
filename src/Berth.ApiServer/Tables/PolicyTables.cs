using Berth.Api.Certificates.V1;
using Berth.Api.Coordination.V1;
using Berth.Api.Node.V1;
using Berth.Api.Rbac.V1;
using Berth.Api.Scheduling.V1;
using Berth.Api.Schema;
using static Berth.ApiServer.Tables.Columns;

namespace Berth.ApiServer.Tables;

/// <summary>Tables of who may do what, and of what workloads may ask for.</summary>
internal static class PolicyTables
{
    public static IReadOnlyList<KeyValuePair<KindInfo, KindTable>> Rows { get; } =
    [
        Table<RoleBinding>(
            Name<RoleBinding>(),
            Column<RoleBinding>("Role", b => $"{b.RoleRef.Kind}/{b.RoleRef.Name}"),
            Age<RoleBinding>(),
            Wide<RoleBinding>("Users", b => Subjects(b.Subjects, "User")),
            Wide<RoleBinding>("Groups", b => Subjects(b.Subjects, "Group")),
            Wide<RoleBinding>("ServiceAccounts", b => Subjects(b.Subjects, "ServiceAccount"))),
        Table<ClusterRoleBinding>(
            Name<ClusterRoleBinding>(),
            Column<ClusterRoleBinding>("Role", b => $"{b.RoleRef.Kind}/{b.RoleRef.Name}"),
            Age<ClusterRoleBinding>(),
            Wide<ClusterRoleBinding>("Users", b => Subjects(b.Subjects, "User")),
            Wide<ClusterRoleBinding>("Groups", b => Subjects(b.Subjects, "Group")),
            Wide<ClusterRoleBinding>("ServiceAccounts", b => Subjects(b.Subjects, "ServiceAccount"))),
        Table<CertificateSigningRequest>(
            Name<CertificateSigningRequest>(),
            Age<CertificateSigningRequest>(),
            Column<CertificateSigningRequest>("SignerName", r => TableCell.Or(r.Spec.SignerName)),
            Column<CertificateSigningRequest>("Requestor", r => r.Spec.Username),
            Column<CertificateSigningRequest>("RequestedDuration", r => r.Spec.ExpirationSeconds is { } seconds ? TableCell.Duration(TimeSpan.FromSeconds(seconds)) : TableCell.None),
            Column<CertificateSigningRequest>("Condition", Condition)),
        Table<Lease>(Name<Lease>(), Column<Lease>("Holder", l => l.Spec.HolderIdentity ?? ""), Age<Lease>()),
        Table<PriorityClass>(
            Name<PriorityClass>(),
            Count<PriorityClass>("Value", p => p.Value),
            Flag<PriorityClass>("Global-Default", p => p.GlobalDefault),
            Age<PriorityClass>(),
            Column<PriorityClass>("PreemptionPolicy", p => p.PreemptionPolicy ?? "")),
        Table<RuntimeClass>(Name<RuntimeClass>(), Column<RuntimeClass>("Handler", r => r.Handler), Age<RuntimeClass>()),
    ];

    private static string Subjects(IEnumerable<Subject> subjects, string kind) => string.Join(", ", subjects.Where(s => s.Kind == kind)
        .Select(s => kind == "ServiceAccount" ? $"{s.Namespace}/{s.Name}" : s.Name));

    private static string Condition(CertificateSigningRequest request)
    {
        var conditions = request.Status.Conditions;
        var text = conditions.Any(c => c.Type == "Denied") ? "Denied" : conditions.Any(c => c.Type == "Approved") ? "Approved" : "Pending";
        if (conditions.Any(c => c.Type == "Failed"))
            text += ",Failed";
        return request.Status.Certificate is null or { IsEmpty: true } ? text : text + ",Issued";
    }
}
