/** What the writer of the benchmarks types: prose of our own, some passages as people write them. */

const passages = [
  `## The Island
The ferry to the island left at six, and by half past five the pier was already crowded.
Anna had packed the night before, but she still felt that something was missing.
Her brother stood at the rail with two paper cups of coffee, looking out at the gray water.
They had not been back since the funeral, and neither of them wanted to be the first to say so.
The engine started with a cough, and the gulls rose from the pilings all at once.
She took one of the cups and held it with both hands until her fingers were warm.
The house would be cold, he said, because nobody had lit the stove since October.
It had belonged to their grandmother, who had kept bees behind the orchard and never locked a door.
When the island came into sight, it looked smaller than either of them remembered.
A man in a yellow coat was waiting on the landing with a wheelbarrow for their bags.
He told them that the storm had taken part of the roof and most of the old pear tree.
They walked up the lane without talking, past the school that had closed and the shop that had not.`,
  `## Updating
Before you install the update, make a backup of your configuration files.
The installer keeps a copy of the old settings, but it does not keep your own templates.
You can run the backup while the service is active, because it only reads from the disk.
If the backup fails, check that the target directory exists and that you have permission to write to it.
The update itself takes about five minutes on a machine with a fast connection.
During that time, requests to the server are answered with an error, and clients should try again later.
When the installation is complete, the service starts by itself and writes a line to the log.
Look for the version number in that line to make sure that the right release is running.
Settings that have been renamed are converted the first time the service starts.
A setting that is no longer supported is ignored, and a warning tells you which one it was.
If something goes wrong, you can return to the previous version with a single command.
Your data is not changed by the update, so you do not have to restore it when you go back.`,
  `## A Limit for Retries
This proposal adds a limit to the number of times that a client may retry a request.
At present, a client that receives an error can try again at once, as often as it likes.
When a server is overloaded, these retries make the problem worse instead of better.
Several operators have reported outages that lasted for hours after the original fault was repaired.
We propose that each response may carry a header that says how long the client should wait.
A client that ignores the header can be refused by the server without reading the request.
The limit is set by the operator, and its default is three attempts in one minute.
Older clients do not know the header, and they will continue to behave as they do today.
We considered a fixed delay, but a fixed delay causes all clients to return at the same moment.
A random delay would spread the load, but it would be difficult to explain to users.
The change requires no new permissions, and it does not affect the format of stored data.
We expect that most libraries can support it with a few lines of code.`,
  `## How Plants Feed
Plants make their own food from light, water, and carbon dioxide.
The process takes place in the leaves, where a green pigment absorbs the energy of the sun.
Water is drawn up from the roots through narrow vessels that run the length of the stem.
Carbon dioxide enters through small openings on the underside of the leaf.
These openings can close when the air is dry, so that the plant does not lose too much water.
The sugar that is produced is either used at once or stored as starch for the night.
Oxygen is released as a by-product, and nearly all animals depend on it.
In autumn, many trees stop producing the pigment, and other colors become visible.
Not every plant lives in this way, however.
Some grow in deep shade and take their food from fungi in the soil.
Others catch insects, because the bogs in which they live contain very little nitrogen.
Scientists still do not agree on how often this way of life has evolved.`,
];

/**
 * A source of the sentences in their order, and from the first one again behind the last; `heading` is that of a passage
 * which the sentence begins, '' for all others.
 */
export function proseSource() {
  const sentences = passages.flatMap((passage) => {
    const [heading, ...lines] = passage.split('\n');
    return lines.map((sentence, i) => ({ heading: i === 0 ? heading : '', sentence }));
  });
  let count = 0;
  return () => sentences[count++ % sentences.length];
}
