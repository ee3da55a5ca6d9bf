using System.Text;

namespace Berth.ApiServer.Pki;

/// <summary>Writes kubeconfig files that hold all they need: address, authority, certificate and key.</summary>
public static class Kubeconfig
{
    // The first line of a file of ours; what does not begin so is never overwritten.
    private const string Mark = "# Written by berth; changes are lost at its next start.";

    /// <param name="server">For example https://127.0.0.1:6443.</param>
    /// <param name="ns">Namespace of commands that name none; empty: default.</param>
    public static string Text(Uri server, CertificateAuthority authority, RenewingCertificate client, string user, string ns = "")
    {
        var text = new StringBuilder();
        text.Append(Mark).Append('\n');
        text.Append("apiVersion: v1\nkind: Config\npreferences: {}\nclusters:\n- name: berth\n  cluster:\n");
        text.Append("    server: ").Append(server.GetLeftPart(UriPartial.Authority)).Append('\n');
        text.Append("    certificate-authority-data: ").Append(Base64(authority.Pem)).Append('\n');
        text.Append("users:\n- name: ").Append(Quoted(user)).Append("\n  user:\n");
        text.Append("    client-certificate-data: ").Append(Base64(client.CertificatePem)).Append('\n');
        text.Append("    client-key-data: ").Append(Base64(client.KeyPem)).Append('\n');
        text.Append("contexts:\n- name: berth\n  context:\n    cluster: berth\n    user: ").Append(Quoted(user)).Append('\n');
        if (ns.Length > 0) text.Append("    namespace: ").Append(Quoted(ns)).Append('\n');
        text.Append("current-context: berth\n");
        return text.ToString();
    }

    /// <summary>Writes the file with mode 0600, whole or not at all. Leaves it alone when it already is so.</summary>
    /// <exception cref="PkiException">The path holds a file that is not berth's, or cannot be written.</exception>
    public static void Write(string path, string text)
    {
        try
        {
            if (File.Exists(path))
            {
                var present = File.ReadAllText(path);
                if (present == text) return;
                if (present.Length > 0 && !present.StartsWith(Mark, StringComparison.Ordinal))
                    throw new PkiException(path, "exists and was not written by berth", "Name another file with --kubeconfig, or move this one away");
            }

            if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } directory) Directory.CreateDirectory(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PkiException(path, $"cannot be read or its directory cannot be made ({e.Message})", "Name another file with --kubeconfig", e);
        }

        PkiDirectory.WriteAtomically(path, Encoding.UTF8.GetBytes(text));
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    // A JSON string is a YAML string; quotes keep colons and leading symbols of user names harmless.
    private static string Quoted(string text) => $"\"{System.Text.Json.JsonEncodedText.Encode(text)}\"";
}
