using System.Diagnostics;
using Berth.ApiServer.Pki;

namespace Berth.ApiServer.Tests.Bootstrap;

/// <summary>The security of the server as people meet it: through their kubectl and a kubeconfig that berth wrote.</summary>
public sealed class KubectlTests : IAsyncLifetime
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("berth-kubectl-");
    private SecureServer _server = null!;

    private string AdminConfig => Path.Combine(_directory.FullName, "admin.kubeconfig");

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/kubectl") || File.Exists("/usr/local/bin/kubectl"), "kubectl is not installed");
        _server = await SecureServer.StartAsync();
        Kubeconfig.Write(AdminConfig, Kubeconfig.Text(_server.Host.Address!, _server.Certificates.Authority, _server.Certificates.Admin, "kubernetes-admin"));
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task WhoAmI_AsAdministrator_NamesUserAndGroups()
    {
        var output = await KubectlAsync(0, "auth", "whoami");
        Assert.Contains("kubernetes-admin", output, StringComparison.Ordinal);
        Assert.Contains("[system:masters system:authenticated]", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CanI_AsOthers_AnswersByTheirRoles()
    {
        await KubectlAsync(0, "create", "rolebinding", "ann-view", "--clusterrole=view", "--user=ann");
        Assert.Equal("yes", (await KubectlAsync(0, "auth", "can-i", "list", "pods", "--as=ann")).Trim());
        Assert.Equal("no", (await KubectlAsync(1, "auth", "can-i", "create", "pods", "--as=ann")).Trim().Split(" - ")[0]);
        Assert.Contains("configmaps", await KubectlAsync(0, "auth", "can-i", "--list", "--as=ann"), StringComparison.Ordinal);
        var refusal = await KubectlAsync(1, "get", "secrets", "--as=ann");
        Assert.Contains("Error from server (Forbidden): secrets is forbidden: User \"ann\" cannot list resource \"secrets\" in API group \"\" in the namespace \"default\"", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CreateToken_OfAccount_LogsInWithIt()
    {
        await KubectlAsync(0, "create", "serviceaccount", "robot");
        await KubectlAsync(0, "create", "clusterrolebinding", "robot", "--clusterrole=edit", "--serviceaccount=default:robot");
        var token = (await KubectlAsync(0, "create", "token", "robot", "--duration=20m")).Trim();
        var authority = Path.Combine(_directory.FullName, "ca.crt");
        await File.WriteAllTextAsync(authority, _server.Certificates.Authority.Pem, TestContext.Current.CancellationToken);
        string[] asRobot = ["--kubeconfig=/dev/null", $"--server={_server.Host.Address}", $"--certificate-authority={authority}", $"--token={token}"];
        Assert.Contains("system:serviceaccount:default:robot", await KubectlAsync(0, ["auth", "whoami", .. asRobot]), StringComparison.Ordinal);
        await KubectlAsync(0, ["create", "configmap", "made-by-robot", "--from-literal=a=b", .. asRobot]);
        await KubectlAsync(1, ["get", "nodes", .. asRobot]);
        await KubectlAsync(0, "delete", "serviceaccount", "robot");
        Assert.Contains("Unauthorized", await KubectlAsync(1, ["get", "configmaps", .. asRobot]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AuthReconcile_OfRoles_WorksTwice()
    {
        var file = Path.Combine(_directory.FullName, "roles.yaml");
        await File.WriteAllTextAsync(file, """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata: {name: reader, namespace: default}
            rules:
            - {apiGroups: [""], resources: [pods, pods/log], verbs: [get, list]}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: reader, namespace: default}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
            subjects:
            - {kind: User, apiGroup: rbac.authorization.k8s.io, name: bob}
            """, TestContext.Current.CancellationToken);
        await KubectlAsync(0, "auth", "reconcile", "-f", file);
        await KubectlAsync(0, "auth", "reconcile", "-f", file);
        Assert.Equal("yes", (await KubectlAsync(0, "auth", "can-i", "get", "pods/log", "--as=bob")).Trim());
    }

    private Task<string> KubectlAsync(int expected, params string[] arguments) => KubectlAsync(expected, (IReadOnlyList<string>)arguments);

    /// <returns>Output and errors together.</returns>
    private async Task<string> KubectlAsync(int expected, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo("kubectl", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["KUBECONFIG"] = AdminConfig;
        start.Environment["HOME"] = _directory.FullName;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        var text = await output + await errors;
        Assert.True(process.ExitCode == expected, $"kubectl {string.Join(' ', arguments)}: {process.ExitCode}\n{text}");
        return text;
    }
}
