using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Api.Rbac.V1;
using Berth.Api.Scheduling.V1;
using Berth.ApiServer.Authorization;
using Berth.ApiServer.FlowControl;
using Berth.ApiServer.Pki;
using Berth.ApiServer.Registry;

namespace Berth.ApiServer.Bootstrap;

/// <summary>
/// What a cluster has before anybody made anything: namespaces, default roles and bindings, priority classes, and the
/// authority's certificate for extension servers. Brought about at each start: what is missing is made, what lost rules
/// gets them back, what was added stays. A start that finds all in place writes nothing.
/// </summary>
public sealed class BootstrapObjects(IObjectReader objects, BootstrapWriter writer, CertificateAuthority authority, ClusterFacts? facts = null)
{
    // Writers that come together share one commit of the store: the first start then takes milliseconds, not a commit for each of 150 objects.
    private const int WritersMax = 32;

    private const int AttemptsMax = 5;

    private static readonly Namespace[] Namespaces =
        [.. new[] { "default", "kube-system", "kube-public", "kube-node-lease" }.Select(n => new Namespace { Metadata = new() { Name = n } })];

    private static readonly PriorityClass[] PriorityClasses =
    [
        new()
        {
            Metadata = new() { Name = "system-cluster-critical" },
            Value = 2_000_000_000,
            PreemptionPolicy = "PreemptLowerPriority",
            Description = "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.",
        },
        new()
        {
            Metadata = new() { Name = "system-node-critical" },
            Value = 2_000_001_000,
            PreemptionPolicy = "PreemptLowerPriority",
            Description = "Used for system critical pods that must not be moved from their current node.",
        },
    ];

    public async Task EnsureAsync(CancellationToken cancellation)
    {
        await CreateMissingAsync(Namespaces, cancellation);
        await Task.WhenAll(
            EnsureClusterRolesAsync(cancellation),
            EnsureAsync(DefaultRoles.ClusterRoleBindings, RoleReconciliation.Reconcile, cancellation),
            EnsureAsync(DefaultRoles.Roles, RoleReconciliation.Reconcile, cancellation),
            EnsureAsync(DefaultRoles.RoleBindings, RoleReconciliation.Reconcile, cancellation),
            CreateMissingAsync(PriorityClasses, cancellation),
            EnsureAsync(DefaultFlows.Levels, (present, wanted) => IsKept(present.Metadata) && present.Spec != wanted.Spec ? present with { Spec = wanted.Spec } : null, cancellation),
            EnsureAsync(DefaultFlows.Schemas, (present, wanted) => IsKept(present.Metadata) && present.Spec != wanted.Spec ? present with { Spec = wanted.Spec } : null, cancellation),
            EnsureAuthorityAsync(cancellation),
            facts is null ? Task.CompletedTask : EnsureAsync([facts.Info(authority), facts.Network()], (present, wanted) => present.Data.Equals(wanted.Data) ? null : present with { Data = wanted.Data }, cancellation));
    }

    // Who wants another spec says so by the annotation.
    private static bool IsKept(ObjectMeta metadata) => !metadata.Annotations.TryGetValue(DefaultFlows.AutoUpdate, out var keep) || keep != "false";

    private async Task EnsureClusterRolesAsync(CancellationToken cancellation)
    {
        // Aggregated roles are written with their rules at once, as if all the roles that go into them were there already.
        var present = objects.List<ClusterRole>().ToDictionary(r => r.Metadata.Name, StringComparer.Ordinal);
        var target = new Dictionary<string, ClusterRole>(present, StringComparer.Ordinal);
        foreach (var wanted in DefaultRoles.ClusterRoles)
        {
            target[wanted.Metadata.Name] = present.TryGetValue(wanted.Metadata.Name, out var existing)
                ? RoleReconciliation.Reconcile(existing, wanted) ?? existing
                : wanted;
        }

        foreach (var role in ClusterRoleAggregation.Reconcile([.. target.Values])) target[role.Metadata.Name] = role;
        await InParallelAsync(target.Values, async role =>
        {
            if (!present.TryGetValue(role.Metadata.Name, out var existing)) await writer.CreateAsync(role, cancellation);
            else if (!existing.Equals(role)) await writer.UpdateAsync(role, cancellation);
        });
    }

    private Task EnsureAsync<T>(IReadOnlyList<T> wanted, Func<T, T, T?> reconcile, CancellationToken cancellation)
        where T : class, IApiObject<T> =>
        InParallelAsync(wanted, async value =>
        {
            for (var attempt = 0; attempt < AttemptsMax; attempt++)
            {
                var present = await objects.GetAsync<T>(value.Metadata.Namespace, value.Metadata.Name, cancellation);
                if (present is null)
                {
                    if (await writer.CreateAsync(value, cancellation)) return;
                }
                else if (reconcile(present, value) is not { } changed || await writer.UpdateAsync(changed, cancellation))
                {
                    return;
                }
            }
        });

    private Task CreateMissingAsync<T>(IReadOnlyList<T> wanted, CancellationToken cancellation)
        where T : class, IApiObject<T> =>
        EnsureAsync(wanted, (_, _) => null, cancellation);

    private Task EnsureAuthorityAsync(CancellationToken cancellation)
    {
        var wanted = new ConfigMap
        {
            Metadata = new ObjectMeta { Name = "extension-apiserver-authentication", Namespace = "kube-system" },
            Data = ApiMap.Of(
                ("client-ca-file", authority.Pem),
                ("requestheader-allowed-names", $"[\"{ClusterCertificates.ProxyClientName}\"]"),
                ("requestheader-client-ca-file", authority.Pem),
                ("requestheader-extra-headers-prefix", "[\"X-Remote-Extra-\"]"),
                ("requestheader-group-headers", "[\"X-Remote-Group\"]"),
                ("requestheader-uid-headers", "[\"X-Remote-Uid\"]"),
                ("requestheader-username-headers", "[\"X-Remote-User\"]")),
        };
        return EnsureAsync(
            [wanted],
            (present, made) => present.Data.With(made.Data) is var data && data.Equals(present.Data) ? null : present with { Data = data },
            cancellation);
    }

    private static Task InParallelAsync<T>(IEnumerable<T> items, Func<T, Task> act) =>
        Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = WritersMax }, async (item, _) => await act(item));
}
