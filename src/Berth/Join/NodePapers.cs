using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Berth.Instance;

namespace Berth.Join;

/// <summary>
/// What an agent keeps of its cluster below <c>DATA/agent</c>: the server and its own name (<c>cluster.json</c>), the authority
/// (<c>ca.crt</c>), and its certificates with their keys (<c>client.pem</c>, <c>serving.pem</c>), readable by root alone. With
/// them it starts again without a token.
/// </summary>
internal sealed class NodePapers
{
    // Readers of later versions must know every earlier one.
    private const int Version = 1;
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _directory;
    private volatile X509Certificate2? _client;
    private volatile X509Certificate2? _serving;

    private NodePapers(string directory, Uri server, string nodeName, X509Certificate2 authority)
    {
        _directory = directory;
        Server = server;
        NodeName = nodeName;
        Authority = authority;
    }

    public Uri Server { get; }

    public string NodeName { get; }

    public X509Certificate2 Authority { get; }

    /// <summary>By which the agent is <c>system:node:NAME</c>. Null before it has joined.</summary>
    public X509Certificate2? Client => _client;

    /// <summary>Of the agent's own endpoint.</summary>
    public X509Certificate2? Serving => _serving;

    public static string DirectoryOf(string dataDirectory) => Path.Combine(dataDirectory, "agent");

    /// <summary>Papers of a machine that joins; written when it has its certificate.</summary>
    public static NodePapers New(string dataDirectory, Uri server, string nodeName, X509Certificate2 authority) =>
        new(DirectoryOf(dataDirectory), server, nodeName, authority);

    /// <summary>Null when this machine has never joined.</summary>
    /// <exception cref="UserErrorException">A file is missing or damaged.</exception>
    public static NodePapers? Load(string dataDirectory)
    {
        var directory = DirectoryOf(dataDirectory);
        var path = Path.Combine(directory, "cluster.json");
        if (!File.Exists(path))
            return null;
        try
        {
            var root = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
            if ((int?)root["version"] != Version)
                throw new UserErrorException($"{path} was written by another version of berth", "use that version, or remove the directory and join again");
            var papers = new NodePapers(directory, new Uri((string)root["server"]!), (string)root["nodeName"]!, X509CertificateLoader.LoadCertificateFromFile(Path.Combine(directory, "ca.crt")));
            papers._client = LoadPair(Path.Combine(directory, "client.pem"));
            papers._serving = LoadPair(Path.Combine(directory, "serving.pem"));
            return papers;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException or UriFormatException or CryptographicException or IOException)
        {
            throw new UserErrorException($"{directory} is damaged: {e.Message}", "remove it and join again: berth agent --join https://HOST:6443 --token TOKEN", e);
        }
    }

    /// <summary>The same papers for a server that has moved.</summary>
    public NodePapers At(Uri server)
    {
        var moved = new NodePapers(_directory, server, NodeName, Authority) { _client = _client, _serving = _serving };
        moved.WriteCluster();
        return moved;
    }

    public void KeepClient(X509Certificate2 certificate)
    {
        WriteCluster();
        Write("client.pem", Pem(certificate));
        _client = certificate;
    }

    public void KeepServing(X509Certificate2 certificate)
    {
        Write("serving.pem", Pem(certificate));
        _serving = certificate;
    }

    private static X509Certificate2? LoadPair(string path)
    {
        if (!File.Exists(path))
            return null;
        var pem = File.ReadAllText(path);
        return X509Certificate2.CreateFromPem(pem, pem);
    }

    private static string Pem(X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey() ?? throw new InvalidOperationException($"the certificate {certificate.Subject} has no key of ours");
        return certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n";
    }

    private void WriteCluster()
    {
        Directory.CreateDirectory(_directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Write("ca.crt", Authority.ExportCertificatePem() + "\n");
        Write("cluster.json", new JsonObject { ["version"] = Version, ["server"] = Server.GetLeftPart(UriPartial.Authority), ["nodeName"] = NodeName }.ToJsonString());
    }

    // A crash leaves the old file or the new one: a key without its certificate would keep the machine out.
    private void Write(string name, string text)
    {
        var path = Path.Combine(_directory, name);
        File.Delete(path + ".new");
        using (var stream = new FileStream(path + ".new", new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = Private }))
        {
            stream.Write(Encoding.UTF8.GetBytes(text));
            stream.Flush(flushToDisk: true);
        }

        File.Move(path + ".new", path, overwrite: true);
    }
}
