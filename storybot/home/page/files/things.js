// A picture for each thing that stories are about.

const TABLE = `
girl 👧 boy 👦 bird 🐦 dog 🐶 cat 🐱 park 🏞️ tree 🌳 bear 🐻 fish 🐟 house 🏠 bug 🐛 brother 👦 child 🧒 rabbit 🐰 frog 🐸
bunny 🐰 squirrel 🐿️ sun ☀️ ball ⚽ mouse 🐭 sister 👧 duck 🦆 box 📦 butterfly 🦋 car 🚗 baby 👶 flower 🌸 lion 🦁
garden 🌻 bee 🐝 mother 👩 mom 👩 mommy 👩 teddy 🧸 grandma 👵 monkey 🐵 forest 🌲 rock 🪨 teacher 🧑‍🏫 doctor 🧑‍⚕️ cow 🐮 owl 🦉
princess 👸 monster 👾 elephant 🐘 ant 🐜 fairy 🧚 book 📖 puppy 🐶 farmer 🧑‍🌾 horse 🐴 swing 🎠 fox 🦊 king 🤴 hat 🎩
giant 🧔 slide 🛝 magic ✨ turtle 🐢 dragon 🐉 chicken 🐔 dress 👗 doll 🪆 pig 🐷 pond 🦆 cake 🎂 crab 🦀 spider 🕷️ rain 🌧️
kitten 🐱 snake 🐍 queen 👸 dinosaur 🦕 hill ⛰️ apple 🍎 cookie 🍪 pirate 🏴‍☠️ snowman ⛄ boat ⛵ truck 🚚 cloud ☁️ star ⭐
worm 🪱 father 👨 dad 👨 daddy 👨 gift 🎁 sea 🌊 robot 🤖 sand 🏖️ knight 🛡️ shoe 👟 sheep 🐑 beach 🏖️ school 🏫 castle 🏰
tiger 🐯 giraffe 🦒 grandpa 👴 music 🎵 treasure 💰 nest 🪺 clown 🤡 farm 🚜 river 🏞️ wolf 🐺 bike 🚲 blanket 🛏️ orange 🍊
balloon 🎈 dancer 💃 ghost 👻 prince 🤴 candy 🍬 caterpillar 🐛 goat 🐐 key 🔑 shark 🦈 stone 🪨 deer 🦌 dolphin 🐬 village 🏘️
carrot 🥕 swan 🦢 lake 🏞️ fireman 🧑‍🚒 sunshine ☀️ witch 🧙‍♀️ birthday 🎂 rainbow 🌈 nurse 🧑‍⚕️ zebra 🦓 angel 👼 whale 🐳 train 🚂
pigeon 🕊️ superhero 🦸 juice 🧃 basket 🧺 sailor ⚓ shell 🐚 mule 🫏 octopus 🐙 sandwich 🥪 raven 🐦‍⬛ egg 🥚 cave 🦇 milk 🥛
snow ❄️ feather 🪶 jellyfish 🪼 lizard 🦎 honey 🍯 turkey 🦃 playground 🛝 crocodile 🐊 fisherman 🎣 gorilla 🦍 leopard 🐆
rhinoceros 🦏 rhino 🦏 seal 🦭 rope 🪢 cheese 🧀 musician 🎻 otter 🦦 parrot 🦜 snail 🐌 bread 🍞 bubble 🫧 penguin 🐧 plane ✈️
cricket 🦗 jungle 🌴 puzzle 🧩 panda 🐼 shrimp 🦐 ocean 🌊 banana 🍌 ladybug 🐞 mosquito 🦟 chocolate 🍫 meadow 🌼 whistle 📯
hippo 🦛 mailman 📮 bridge 🌉 grandmother 👵 kangaroo 🦘 reindeer 🦌 seagull 🕊️ mountain 🏔️ bell 🔔 goose 🪿 zoo 🦁 lemon 🍋
moon 🌙 astronaut 🧑‍🚀 barn 🛖 captain ⚓ kite 🪁 ostrich 🐦 crown 👑 bus 🚌 hen 🐔 scissors ✂️ strawberry 🍓 scarf 🧣
singer 🎤 unicorn 🦄 sandbox 🏖️ drum 🥁 map 🗺️ pencil ✏️ pie 🥧 pizza 🍕 pony 🐴 ship 🚢 rocket 🚀 mailbox 📮 candle 🕯️
island 🏝️ alligator 🐊 baker 🧑‍🍳 eagle 🦅 mask 🎭 thunder ⛈️ tent ⛺ camera 📷 glove 🧤 policeman 👮 tomato 🍅 diamond 💎
grape 🍇 backpack 🎒 blueberry 🫐 dentist 🦷 wizard 🧙 library 📚 planet 🪐 restaurant 🍽️ fountain ⛲ wagon 🛒 crow 🐦‍⬛ firefly ✨
hedgehog 🦔 potato 🥔 radio 📻 bracelet 📿 clock ⏰ flute 🪈 lollipop 🍭 mushroom 🍄 scooter 🛴 spaghetti 🍝 sunflower 🌻
guitar 🎸 umbrella ☂️ crystal 🔮 muffin 🧁 acorn 🌰 cowboy 🤠 donkey 🫏 elf 🧝 starfish ⭐ chimney 🏠 lightning ⚡ cactus 🌵
marble 🔵 pumpkin 🎃 sweater 🧶 trumpet 🎺 factory 🏭 magician 🎩 mermaid 🧜‍♀️ popcorn 🍿 raccoon 🦝 snowball ❄️ volcano 🌋 fireplace 🔥
piano 🎹 telephone ☎️ violin 🎻 ambulance 🚑 palace 🏰 sunglasses 🕶️ beaver 🦫 chipmunk 🐿️ grandfather 👴 hamster 🐹 igloo 🧊
lamb 🐑 airplane ✈️ helicopter 🚁 anchor ⚓ melon 🍈 taxi 🚕 yacht 🛥️ cheetah 🐆 desert 🏜️ kayak 🛶 microscope 🔬 pancake 🥞
snowflake ❄️ motorcycle 🏍️ bakery 🥖 circus 🎪 cottage 🏡 cupcake 🧁 hawk 🦅 peacock 🦚 toad 🐸 tortoise 🐢 spaceship 🛸
glitter ✨ teapot 🫖 tractor 🚜 telescope 🔭 calf 🐮 camel 🐫 moose 🫎 rooster 🐓 skunk 🦨 walrus 🦭 woodpecker 🐦 compass 🧭
lantern 🏮 lighthouse 🗼 sled 🛷 canoe 🛶 doughnut 🍩 hamburger 🍔 parachute 🪂 waterfall 🌊 flamingo 🦩 grasshopper 🦗 koala 🐨
lobster 🦞 salmon 🐟 submarine 🌊 bat 🦇 swamp 🐸 table 🪑 grass 🌿 puppet 🎭 hospital 🏥 sky 🌤️ water 💧 mud 🥧`;

const cells = TABLE.trim().split(/\s+/);
const PICTURES = new Map();
for (let at = 0; at < cells.length; at += 2) PICTURES.set(cells[at], cells[at + 1]);

const ODD = { mice: "mouse", wolves: "wolf", geese: "goose", children: "child", elves: "elf", calves: "calf" };

function single(word) {
  const forms = [word, ODD[word], word.replace(/ies$/, "y"), word.replace(/es$/, ""), word.replace(/s$/, "")];
  return forms.find((form) => PICTURES.has(form));
}

/** The pictures of the first things that the text names, each once. */
export function pictured(text, most) {
  const found = [];
  for (const word of text.toLowerCase().match(/[a-z]+/g) ?? []) {
    const picture = PICTURES.get(single(word));
    if (picture && !found.includes(picture)) found.push(picture);
    if (found.length === most) break;
  }
  return found;
}
