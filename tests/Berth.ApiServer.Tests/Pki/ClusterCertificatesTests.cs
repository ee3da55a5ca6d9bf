using System.Diagnostics;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Berth.ApiServer.Pki;

namespace Berth.ApiServer.Tests.Pki;

public sealed class ClusterCertificatesTests : IDisposable
{
    private readonly DataDirectory _data = new();
    private readonly AdjustableTime _time = AdjustableTime.AtToday();

    public void Dispose() => _data.Dispose();

    [Fact]
    public void LoadOrCreate_SecondTime_KeepsEverything()
    {
        using var first = Load();
        using var second = Load();
        Assert.Equal(first.Authority.Pem, second.Authority.Pem);
        Assert.Equal(first.Server.CertificatePem, second.Server.CertificatePem);
        Assert.Equal(first.Admin.KeyPem, second.Admin.KeyPem);
        Assert.Equal(first.ServiceAccountKey.KeyId, second.ServiceAccountKey.KeyId);
    }

    [Fact]
    public void Files_OfNewCluster_AreTheOwnersAlone()
    {
        using var certificates = Load();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_data.Pki("")));
        var files = Directory.GetFiles(_data.Pki(""));
        Assert.Equal(["admin.pem", "apiserver.pem", "ca.crt", "ca.key", "encryption-key", "sa.key"], files.Select(f => System.IO.Path.GetFileName(f)).Order(StringComparer.Ordinal));
        Assert.All(files, f => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(f)));
    }

    [Fact]
    public void KeyFile_OpenedToOthers_IsClosedAgain()
    {
        Load().Dispose();
        File.SetUnixFileMode(_data.Pki("ca.key"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        Load().Dispose();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_data.Pki("ca.key")));
    }

    [Fact]
    public void ServerCertificate_Names_HoldAllThatClientsCallItBy()
    {
        using var certificates = Load(new PkiOptions
        {
            DnsNames = ["host-1"], Addresses = [IPAddress.Parse("192.0.2.7"), IPAddress.Any], ServiceCidr = IPNetwork.Parse("10.96.0.0/12"),
        });
        var names = SubjectNames.Of(certificates.Server.Current);
        Assert.Equal(
            ["host-1", "kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local", "localhost"],
            names.DnsNames);
        Assert.Equal(["10.96.0.1", "127.0.0.1", "192.0.2.7", "::1"], names.Addresses);
    }

    [Fact]
    public void ServerCertificate_NewAddress_IsMadeAnewAndTheRestIsKept()
    {
        using var first = Load();
        using var second = Load(new PkiOptions { Addresses = [IPAddress.Parse("192.0.2.7")] });
        Assert.NotEqual(first.Server.CertificatePem, second.Server.CertificatePem);
        Assert.Contains("192.0.2.7", SubjectNames.Of(second.Server.Current).Addresses);
        Assert.Equal(first.Admin.CertificatePem, second.Admin.CertificatePem);
        Assert.Equal(first.Authority.Pem, second.Authority.Pem);
    }

    [Theory]
    [InlineData(240, false)]
    [InlineData(250, true)]
    public void ServerCertificate_LessThanAThirdLeft_IsMadeAnew(int days, bool renewed)
    {
        using var running = Load();
        var before = running.Server.CertificatePem;
        _time.Advance(TimeSpan.FromDays(days));
        // Both for a server that starts then and for one that has been running.
        using var started = Load();
        Assert.Equal(renewed, started.Server.CertificatePem != before);
        Assert.Equal(renewed, running.Server.CertificatePem != before);
    }

    [Fact]
    public void Authority_KeyAloneAfterInterruptedStart_GetsItsCertificate()
    {
        using var first = Load();
        File.Delete(_data.Pki("ca.crt"));
        using var second = Load();
        Assert.Equal(first.Authority.PublicKeyHash, second.Authority.PublicKeyHash);
        Assert.True(second.Authority.VerifyClient(first.Admin.Current, out var problem), problem);
    }

    [Fact]
    public void Authority_KeyLost_SaysSoAndTouchesNothing()
    {
        Load().Dispose();
        File.Delete(_data.Pki("ca.key"));
        Fails("ca.key", "is missing");
        Assert.False(File.Exists(_data.Pki("ca.key")));
    }

    [Theory]
    [InlineData("ca.key")]
    [InlineData("ca.crt")]
    [InlineData("apiserver.pem")]
    [InlineData("admin.pem")]
    [InlineData("sa.key")]
    [InlineData("encryption-key")]
    public void File_Damaged_IsNamedAndKept(string name)
    {
        Load().Dispose();
        File.WriteAllText(_data.Pki(name), "not a key at all");
        Fails(name, "does not hold");
        Assert.Equal("not a key at all", File.ReadAllText(_data.Pki(name)));
    }

    [Theory]
    [InlineData("apiserver.pem", "was not issued by the authority")]
    [InlineData("ca.crt", "does not belong to the key")]
    public void File_OfAnotherCluster_IsNamedAndKept(string name, string problem)
    {
        using var other = new DataDirectory();
        ClusterCertificates.LoadOrCreate(other.Path, new(), _time).Dispose();
        Load().Dispose();
        File.Copy(other.Pki(name), _data.Pki(name), overwrite: true);
        var foreign = File.ReadAllText(_data.Pki(name));
        Fails(name, problem);
        Assert.Equal(foreign, File.ReadAllText(_data.Pki(name)));
    }

    [Fact]
    public void Authority_Expired_SaysWhenAndWhatToDo()
    {
        Load().Dispose();
        _time.Advance(TimeSpan.FromDays(3660));
        Fails("ca.crt", "expired on");
    }

    [Fact]
    public void ClientCertificates_Verified_OnlyForTheirPurposeAndAuthority()
    {
        using var certificates = Load();
        using var otherData = new DataDirectory();
        using var other = ClusterCertificates.LoadOrCreate(otherData.Path, new(), _time);
        Assert.True(certificates.Authority.VerifyClient(certificates.NodeClient("n1").Current, out _));
        Assert.False(certificates.Authority.VerifyClient(other.Admin.Current, out var foreign));
        Assert.NotEqual("", foreign);
        Assert.False(certificates.Authority.VerifyClient(certificates.Server.Current, out _), "a server certificate is not a client's");
        Assert.True(certificates.Authority.VerifyServer(certificates.NodeServing("n1", [IPAddress.Parse("192.0.2.9")]).Current, out _));
        _time.Advance(TimeSpan.FromDays(366));
        Assert.False(certificates.Authority.VerifyClient(X509CertificateLoader.LoadCertificateFromFile(_data.Pki("admin.pem")), out _), "it has expired");
    }

    [Fact]
    public async Task Certificates_JudgedByOpenSsl_AreGood()
    {
        using var certificates = Load();
        await OpenSslAsync("verify", "-x509_strict", "-purpose", "sslserver", "-verify_hostname", "kubernetes.default.svc", "-CAfile", _data.Pki("ca.crt"), _data.Pki("apiserver.pem"));
        await OpenSslAsync("verify", "-x509_strict", "-purpose", "sslclient", "-CAfile", _data.Pki("ca.crt"), _data.Pki("admin.pem"));
        var subject = await OpenSslAsync("x509", "-noout", "-subject", "-in", _data.Pki("admin.pem"));
        Assert.Contains("system:masters", subject, StringComparison.Ordinal);
        Assert.Contains("kubernetes-admin", subject, StringComparison.Ordinal);
    }

    [Fact]
    public void Kubeconfig_Written_IsPrivateAndForeignFilesAreKept()
    {
        using var certificates = Load();
        var path = System.IO.Path.Combine(_data.Path, "made", "admin.kubeconfig");
        var text = Kubeconfig.Text(new Uri("https://127.0.0.1:6443"), certificates.Authority, certificates.Admin, "kubernetes-admin");
        Kubeconfig.Write(path, text);
        Kubeconfig.Write(path, text + "# more\n");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.EndsWith("# more\n", File.ReadAllText(path), StringComparison.Ordinal);

        File.WriteAllText(path, "apiVersion: v1\nkind: Config\n");
        var error = Assert.Throws<PkiException>(() => Kubeconfig.Write(path, text));
        Assert.Contains("was not written by berth", error.Message, StringComparison.Ordinal);
        Assert.Equal("apiVersion: v1\nkind: Config\n", File.ReadAllText(path));
    }

    private static async Task<string> OpenSslAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("openssl", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"openssl {string.Join(' ', arguments)}: {await output}{await errors}");
        return await output;
    }

    private ClusterCertificates Load(PkiOptions? options = null) => ClusterCertificates.LoadOrCreate(_data.Path, options ?? new(), _time);

    private void Fails(string file, string problem)
    {
        var error = Assert.Throws<PkiException>(() => Load());
        Assert.Equal(_data.Pki(file), error.Path);
        Assert.Contains(_data.Pki(file), error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }
}
