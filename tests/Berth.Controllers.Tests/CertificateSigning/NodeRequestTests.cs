using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Berth.Api.Certificates.V1;
using Berth.Api.Core.V1;
using Berth.Controllers.CertificateSigning;

namespace Berth.Controllers.Tests.CertificateSigning;

public sealed class NodeRequestTests
{
    private const string Serving = SignerPolicy.NodeServing;
    private const string Client = SignerPolicy.NodeClient;

    [Fact]
    public void Read_OfANodesRequest_HasNodeNamesAndAddresses()
    {
        var subject = Ask("system:node:n1", "system:nodes", "n1", "192.0.2.1");
        Assert.Equal("n1", subject.NodeName);
        Assert.Equal(["n1"], subject.DnsNames);
        Assert.Equal([IPAddress.Parse("192.0.2.1")], subject.Addresses);
        Assert.False(subject.HasOtherNames);
    }

    [Fact]
    public void Read_OfSomethingElse_Throws() => Assert.Throws<CryptographicException>(() => RequestedSubject.Read("-----BEGIN NOTHING-----"));

    [Theory]
    [InlineData("system:bootstrap:abc", "system:node:n1", "system:nodes", "nodeclient")]
    [InlineData("system:node:n1", "system:node:n1", "system:nodes", "selfnodeclient")]
    [InlineData("system:node:n2", "system:node:n1", "system:nodes", "nodeclient")]
    [InlineData("system:bootstrap:abc", "system:node:n1", "system:masters", null)]
    [InlineData("system:bootstrap:abc", "admin", "system:nodes", null)]
    public void Permission_OfClientRequests_IsThatOfWhoAsks(string user, string name, string group, string? permission) =>
        Assert.Equal(permission, NodeRequestApproval.Permission(Spec(Client, user, "digital signature", "client auth"), Ask(name, group)));

    [Fact]
    public void Permission_OfClientRequestWithNamesOrOtherUsages_IsNone()
    {
        Assert.Null(NodeRequestApproval.Permission(Spec(Client, "x", "digital signature", "client auth"), Ask("system:node:n1", "system:nodes", "n1")));
        Assert.Null(NodeRequestApproval.Permission(Spec(Client, "x", "digital signature", "client auth", "server auth"), Ask("system:node:n1", "system:nodes")));
        Assert.Null(NodeRequestApproval.Permission(Spec(Client, "x", "client auth"), Ask("system:node:n1", "system:nodes")));
    }

    [Fact]
    public void Serving_ForTheNodesOwnAddresses_IsApproved()
    {
        var spec = Spec(Serving, "system:node:n1", "digital signature", "server auth");
        var subject = Ask("system:node:n1", "system:nodes", "n1", "192.0.2.1", "127.0.0.1");
        Assert.True(NodeRequestApproval.IsOwnServing(spec, subject));
        Assert.Null(NodeRequestApproval.ServingProblem(subject, [Machine("n1", "192.0.2.1"), Machine("n2", "192.0.2.2")]));
    }

    [Theory]
    [InlineData("192.0.2.2", "192.0.2.2 is not an address of the node n1")]
    [InlineData("n2", "n2 is not an address of the node n1")]
    [InlineData("192.0.2.9", "192.0.2.9 is an address of the node n3 too")]
    public void Serving_ForOthersAddresses_IsNot(string name, string problem)
    {
        var nodes = new[] { Machine("n1", "192.0.2.1", "192.0.2.9"), Machine("n2", "192.0.2.2"), Machine("n3", "192.0.2.9") };
        Assert.Equal(problem, NodeRequestApproval.ServingProblem(Ask("system:node:n1", "system:nodes", name), nodes));
    }

    [Fact]
    public void Serving_AskedByAnother_IsNotItsOwn() =>
        Assert.False(NodeRequestApproval.IsOwnServing(Spec(Serving, "system:node:n2", "digital signature", "server auth"), Ask("system:node:n1", "system:nodes", "n1")));

    [Theory]
    [InlineData("kubernetes.io/kube-apiserver-client", "client auth", null)]
    [InlineData("kubernetes.io/kube-apiserver-client", "server auth", "the usage \"server auth\" is not allowed")]
    [InlineData("kubernetes.io/kubelet-serving", "server auth", "at least one DNS or IP name is needed")]
    [InlineData("example.org/own", "client auth", "the signer example.org/own is not one of this cluster's own")]
    public void Problem_OfApprovedRequests_HoldsSignersToTheirLimits(string signer, string usage, string? problem) =>
        Assert.Equal(problem, SignerPolicy.Problem(Spec(signer, "x", "digital signature", usage), Ask("system:node:n1", "system:nodes")));

    private static CertificateSigningRequestSpec Spec(string signer, string user, params string[] usages) =>
        new() { SignerName = signer, Username = user, Usages = [.. usages] };

    private static Node Machine(string name, params string[] addresses) => new()
    {
        Metadata = new() { Name = name },
        Status = new()
        {
            Addresses = [.. addresses.Select(a => new NodeAddress { Type = "InternalIP", Address = a })],
            Conditions = [new NodeCondition { Type = "Ready", Status = "True" }],
        },
    };

    private static RequestedSubject Ask(string name, string group, params string[] names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var subject = new X500DistinguishedNameBuilder();
        subject.AddOrganizationName(group);
        subject.AddCommonName(name);
        var request = new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256);
        if (names.Length > 0)
        {
            var builder = new SubjectAlternativeNameBuilder();
            foreach (var text in names)
            {
                if (IPAddress.TryParse(text, out var address))
                    builder.AddIpAddress(address);
                else
                    builder.AddDnsName(text);
            }

            request.CertificateExtensions.Add(builder.Build());
        }

        return RequestedSubject.Read(request.CreateSigningRequestPem());
    }
}
