using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Berth.Api;
using Berth.Api.Certificates.V1;
using Berth.Api.Core.V1;
using Berth.Api.Discovery.V1;

namespace Berth.Controllers.Tests.Cluster;

/// <summary>What the controllers do for machines that join, against the real API server.</summary>
public sealed class NodeMembershipTests
{
    [Fact]
    public async Task Nodes_ThatCome_GetRangesOfTheirOwn()
    {
        await using var cluster = await TestCluster.StartAsync();
        await Task.WhenAll(Enumerable.Range(1, 8).Select(i => cluster.Client.CreateAsync(new Node { Metadata = new() { Name = $"n{i}" } })));
        var nodes = await cluster.EventuallyAllAsync<Node>(all => all.Count == 8 && all.All(n => n.Spec.PodCIDR.Length > 0));
        Assert.Equal(8, nodes.Select(n => n.Spec.PodCIDR).Distinct().Count());
        // The first belongs to the control plane's machine.
        Assert.DoesNotContain(nodes, n => n.Spec.PodCIDR == "10.42.0.0/24");
        Assert.All(nodes, n => Assert.Equal([n.Spec.PodCIDR], n.Spec.PodCIDRs));

        var freed = nodes[3];
        await cluster.Client.DeleteAsync<Node>(null, freed.Metadata.Name);
        await cluster.Client.CreateAsync(new Node { Metadata = new() { Name = "n9" } });
        Assert.Equal(freed.Spec.PodCIDR, (await cluster.EventuallyAsync<Node>("n9", n => n.Spec.PodCIDR.Length > 0)).Spec.PodCIDR);
    }

    [Fact]
    public async Task Dns_OfNodes_IsLedToTheServersThatTheyAnnounceForThemselves()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.Client.CreateAsync(new Namespace { Metadata = new() { Name = "kube-system" } });
        await cluster.Client.CreateAsync(Announcing("good", "10.42.1.0/24", "10.42.1.1:53"));
        await cluster.Client.CreateAsync(Announcing("greedy", "10.42.2.0/24", "10.42.1.1:53"));
        while (true)
        {
            var slices = (await cluster.Client.ListAsync<EndpointSlice>("kube-system")).Items;
            if (slices.Count == 0)
            {
                await Task.Delay(20, TestContext.Current.CancellationToken);
                continue;
            }

            var slice = Assert.Single(slices);
            Assert.Equal("kube-dns-good", slice.Metadata.Name);
            Assert.Equal(("10.42.1.1", "good"), (slice.Endpoints[0].Addresses[0], slice.Endpoints[0].NodeName));
            break;
        }

        var service = await cluster.Client.GetAsync<Service>("kube-system", "kube-dns");
        Assert.Equal(("10.43.0.10", "Local"), (service.Spec.ClusterIP, service.Spec.InternalTrafficPolicy));
    }

    [Fact]
    public async Task Request_ThatIsApproved_IsSigned()
    {
        await using var cluster = await TestCluster.StartAsync();
        await ApproveAsync(cluster, await cluster.Client.CreateAsync(Asking("joins", "system:node:n1")));
        var request = await cluster.EventuallyAsync<CertificateSigningRequest>("joins", r => r.Status.Certificate is not null);
        Assert.StartsWith("client for 365.", request.Status.Certificate!.ToUtf8(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_ApprovedBeyondItsSigner_Fails()
    {
        await using var cluster = await TestCluster.StartAsync();
        await ApproveAsync(cluster, await cluster.Client.CreateAsync(Asking("admin", "somebody")));
        var request = await cluster.EventuallyAsync<CertificateSigningRequest>("admin", r => r.Status.Conditions.Any(c => c.Type == "Failed"));
        Assert.Null(request.Status.Certificate);
        Assert.Contains("system:node:NAME", request.Status.Conditions.Single(c => c.Type == "Failed").Message, StringComparison.Ordinal);
    }

    private static Task ApproveAsync(TestCluster cluster, CertificateSigningRequest made) =>
        cluster.Client.UpdateSubresourceAsync(made with { Status = made.Status with { Conditions = [new() { Type = "Approved", Status = "True", Reason = "Test" }] } }, "approval");

    private static Node Announcing(string name, string range, string server) => new()
    {
        Metadata = new() { Name = name, Annotations = ApiMap.Of(("berth.dev/cluster-dns", server)) },
        Spec = new() { PodCIDR = range, PodCIDRs = [range] },
    };

    private static CertificateSigningRequest Asking(string name, string user)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"O=system:nodes, CN={user}", key, HashAlgorithmName.SHA256);
        return new()
        {
            Metadata = new() { Name = name },
            Spec = new()
            {
                Request = ByteString.FromUtf8(request.CreateSigningRequestPem()),
                SignerName = "kubernetes.io/kube-apiserver-client-kubelet",
                Usages = ["digital signature", "client auth"],
                Username = "system:bootstrap:abc",
            },
        };
    }
}
