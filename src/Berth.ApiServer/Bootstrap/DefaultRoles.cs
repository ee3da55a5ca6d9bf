using Berth.Api.Rbac.V1;
using Berth.ApiServer.Authentication;
using static Berth.ApiServer.Bootstrap.RoleTable;

namespace Berth.ApiServer.Bootstrap;

/// <summary>All roles and bindings that a cluster begins with.</summary>
internal static class DefaultRoles
{
    private const string ControllerManager = "system:kube-controller-manager";
    private const string Scheduler = "system:kube-scheduler";
    private const string ControllerPrefix = "system:controller:";

    public static IReadOnlyList<ClusterRole> ClusterRoles { get; } = [.. UserRoles.All, .. SystemRoles.All, .. ControllerRoles.All];

    /// <summary>What every node may do, as <see cref="Authorization.NodeAuthorizer"/> takes it.</summary>
    public static IReadOnlyList<PolicyRule> NodeRules { get; } = SystemRoles.All.Single(r => r.Metadata.Name == "system:node").Rules;

    public static IReadOnlyList<ClusterRoleBinding> ClusterRoleBindings { get; } =
    [
        Bind("cluster-admin", Group(UserInfo.MastersGroup)),
        Bind("system:basic-user", Group(UserInfo.AuthenticatedGroup)),
        Bind("system:discovery", Group(UserInfo.AuthenticatedGroup)),
        Bind(ControllerManager, User(ControllerManager)),
        Bind("system:kube-dns", Account("kube-dns"), User("system:kube-dns")),
        Bind(Scheduler, User(Scheduler)),
        Bind("system:monitoring", Group("system:monitoring")),
        // Nodes get their rights from the node authorizer, each for its own pods.
        Bind("system:node"),
        Bind("system:node-proxier", User("system:kube-proxy")),
        Bind("system:public-info-viewer", Group(UserInfo.AuthenticatedGroup), Group(UserInfo.UnauthenticatedGroup)),
        Bind("system:service-account-issuer-discovery", Group(UserInfo.ServiceAccountsGroup)),
        Bind("system:volume-scheduler", User(Scheduler)),
        // Machines that join: a token asks for the first certificate of a node, the node itself for those that follow.
        Bind("system:node-bootstrapper", Group(BootstrapTokenAuthenticator.Group)),
        Bind("system:certificates.k8s.io:certificatesigningrequests:nodeclient", Group(BootstrapTokenAuthenticator.Group)),
        Bind("system:certificates.k8s.io:certificatesigningrequests:selfnodeclient", Group(UserInfo.NodesGroup)),
        // What each machine needs for its part of the network. Kubernetes' kube-proxy has a credential of its own on every machine; here it is the node's.
        Bind(SystemRoles.Ingress, User(SystemRoles.Ingress)),
        Bind(SystemRoles.NodeNetwork, Group(UserInfo.NodesGroup), User("system:kube-proxy")),
        // Each controller under its own service account. The informers that they share are the manager's, who only reads.
        .. ControllerRoles.All.Select(r => Bind(r.Metadata.Name, Account(r.Metadata.Name[ControllerPrefix.Length..]))),
    ];

    public static IReadOnlyList<Role> Roles { get; } =
    [
        In("kube-public", Role("berth:cluster-info",
            Allow("get", "core", "configmaps", names: "cluster-info"))),
        In("kube-public", Role("berth:cluster-network",
            Allow("get", "core", "configmaps", names: "berth-network"))),
        In("kube-public", Role("system:controller:bootstrap-signer",
            Allow("get list watch", "core", "configmaps"),
            Allow("update", "core", "configmaps", names: "cluster-info"),
            Allow("create patch update", "core events.k8s.io", "events"))),
        // Who announces the address of a load balancer; admission holds nodes to the leases of that name.
        In("kube-system", Role("berth:address-leases",
            Allow("create delete get update", "coordination.k8s.io", "leases"))),
        // Servers for names outside the cluster, as its administrator set them.
        In("kube-system", Role("berth:dns-settings",
            Allow("get list watch", "core", "configmaps", names: "kube-dns"))),
        In("kube-system", Role("extension-apiserver-authentication-reader",
            Allow("get list watch", "core", "configmaps", names: "extension-apiserver-authentication"))),
        In("kube-system", Role("system::leader-locking-kube-controller-manager",
            Allow("create get list update watch", "coordination.k8s.io", "leases"),
            Allow("create get list update watch", "coordination.k8s.io", "leasecandidates"))),
        In("kube-system", Role("system::leader-locking-kube-scheduler",
            Allow("create get list update watch", "coordination.k8s.io", "leases"),
            Allow("create get list update watch", "coordination.k8s.io", "leasecandidates"))),
        In("kube-system", Role("system:controller:bootstrap-signer",
            Allow("get list watch", "core", "secrets"))),
        In("kube-system", Role("system:controller:cloud-provider",
            Allow("create get list watch", "core", "configmaps"))),
        In("kube-system", Role("system:controller:token-cleaner",
            Allow("delete get list watch", "core", "secrets"),
            Allow("create patch update", "core events.k8s.io", "events"))),
    ];

    public static IReadOnlyList<RoleBinding> RoleBindings { get; } =
    [
        // A machine that joins has nothing but its token, and verifies what it reads here by the hash in it.
        BindIn("kube-public", "berth:cluster-info", "berth:cluster-info", User(UserInfo.AnonymousName), Group(BootstrapTokenAuthenticator.Group)),
        BindIn("kube-system", "berth:address-leases", "berth:address-leases", Group(UserInfo.NodesGroup), User("system:kube-proxy")),
        BindIn("kube-system", "berth:dns-settings", "berth:dns-settings", Group(UserInfo.NodesGroup), User("system:kube-proxy")),
        BindIn("kube-public", "berth:cluster-network", "berth:cluster-network", Group(UserInfo.NodesGroup)),
        BindIn("kube-public", "system:controller:bootstrap-signer", "system:controller:bootstrap-signer", Account("bootstrap-signer")),
        BindIn("kube-system", "system::extension-apiserver-authentication-reader", "extension-apiserver-authentication-reader", User(ControllerManager), User(Scheduler)),
        BindIn(
            "kube-system", "system::leader-locking-kube-controller-manager", "system::leader-locking-kube-controller-manager",
            User(ControllerManager), Account("kube-controller-manager")),
        BindIn(
            "kube-system", "system::leader-locking-kube-scheduler", "system::leader-locking-kube-scheduler",
            User(Scheduler), Account("kube-scheduler")),
        BindIn("kube-system", "system:controller:bootstrap-signer", "system:controller:bootstrap-signer", Account("bootstrap-signer")),
        BindIn("kube-system", "system:controller:cloud-provider", "system:controller:cloud-provider", Account("cloud-provider")),
        BindIn("kube-system", "system:controller:token-cleaner", "system:controller:token-cleaner", Account("token-cleaner")),
    ];
}
