using Berth.Api.Rbac.V1;
using static Berth.ApiServer.Bootstrap.RoleTable;

namespace Berth.ApiServer.Bootstrap;

/// <summary>Roles that are made to be given to people: cluster-admin, and admin, edit and view, which take in what is labelled for them.</summary>
internal static class UserRoles
{
    public static ClusterRole[] All { get; } =
    [
        Role("cluster-admin",
            Allow("*", "*", "*"),
            Paths("*", "*")),
        Aggregate("admin", from: "admin"),
        Aggregate("edit", from: "edit", into: "admin"),
        Aggregate("view", from: "view", into: "edit"),
        // As metrics-server's manifest has it; what flows into view flows on into edit and admin.
        Part("system:aggregated-metrics-reader", into: "view",
            Allow("get list watch", "metrics.k8s.io", "pods nodes")),
        Part("system:aggregate-to-admin", into: "admin",
            Allow("create", "authorization.k8s.io", "localsubjectaccessreviews"),
            Allow("create delete deletecollection get list patch update watch", "rbac.authorization.k8s.io", "rolebindings roles")),
        Part("system:aggregate-to-edit", into: "edit",
            Allow("get list watch", "core", "pods/attach pods/exec pods/portforward pods/proxy secrets services/proxy"),
            Allow("impersonate", "core", "serviceaccounts"),
            Allow("create delete deletecollection patch update", "core", "pods pods/attach pods/exec pods/portforward pods/proxy"),
            Allow("create", "core", "pods/eviction"),
            Allow("create delete deletecollection patch update", "core",
                "configmaps persistentvolumeclaims replicationcontrollers replicationcontrollers/scale secrets serviceaccounts "
                + "services services/proxy"),
            Allow("create", "core", "serviceaccounts/token"),
            Allow("create delete deletecollection patch update", "core events.k8s.io", "events"),
            Allow("create delete deletecollection patch update", "apps",
                "daemonsets deployments deployments/rollback deployments/scale replicasets replicasets/scale statefulsets statefulsets/scale"),
            Allow("create delete deletecollection patch update", "autoscaling", "horizontalpodautoscalers"),
            Allow("create delete deletecollection patch update", "batch", "cronjobs jobs"),
            Allow("create delete deletecollection patch update", "extensions",
                "daemonsets deployments deployments/rollback deployments/scale ingresses networkpolicies replicasets "
                + "replicasets/scale replicationcontrollers/scale"),
            Allow("create delete deletecollection patch update", "policy", "poddisruptionbudgets"),
            Allow("create delete deletecollection patch update", "networking.k8s.io", "ingresses networkpolicies"),
            Allow("create delete deletecollection get list patch update watch", "coordination.k8s.io", "leases"),
            Allow("create delete deletecollection patch update", "resource.k8s.io", "resourceclaims resourceclaimtemplates")),
        Part("system:aggregate-to-view", into: "view",
            Allow("get list watch", "core",
                "configmaps endpoints persistentvolumeclaims persistentvolumeclaims/status pods replicationcontrollers "
                + "replicationcontrollers/scale serviceaccounts services services/status"),
            Allow("get list watch", "core",
                "bindings limitranges namespaces/status pods/log pods/status replicationcontrollers/status resourcequotas resourcequotas/status"),
            Allow("get list watch", "core", "namespaces"),
            Allow("get list watch", "core events.k8s.io", "events"),
            Allow("get list watch", "discovery.k8s.io", "endpointslices"),
            Allow("get list watch", "apps",
                "controllerrevisions daemonsets daemonsets/status deployments deployments/scale deployments/status replicasets "
                + "replicasets/scale replicasets/status statefulsets statefulsets/scale statefulsets/status"),
            Allow("get list watch", "autoscaling", "horizontalpodautoscalers horizontalpodautoscalers/status"),
            Allow("get list watch", "batch", "cronjobs cronjobs/status jobs jobs/status"),
            Allow("get list watch", "extensions",
                "daemonsets daemonsets/status deployments deployments/scale deployments/status ingresses ingresses/status "
                + "networkpolicies replicasets replicasets/scale replicasets/status replicationcontrollers/scale"),
            Allow("get list watch", "policy", "poddisruptionbudgets poddisruptionbudgets/status"),
            Allow("get list watch", "networking.k8s.io", "ingresses ingresses/status networkpolicies"),
            Allow("get list watch", "resource.k8s.io", "resourceclaims resourceclaims/status resourceclaimtemplates")),
    ];
}
